"""The contract: types, ids, cursors, texts. A method body is three steps: convert in, await a
resolver, convert out."""
