"""Every word a driver reads, in Chinese and English. Words only: what holds is decided elsewhere."""
