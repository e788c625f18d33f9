import './workers';
import 'graphiql/style.css';
import '@graphiql/plugin-explorer/style.css';
import './style.css';

import { explorerPlugin } from '@graphiql/plugin-explorer';
import { HISTORY_PLUGIN } from '@graphiql/plugin-history';
import { GraphiQL } from 'graphiql';
import { useState } from 'react';
import { createRoot } from 'react-dom/client';
import { exampleTabs } from './examples';
import { fetcher } from './fetcher';
import { Pickers } from './pickers';
import { fetchPersonas, headersFor, storeChoice, storedChoice, type Choice, type Persona } from './session';
import { dropTabsOfOlderExamples } from './tabs';

const explorer = explorerPlugin({ showAttribution: false });

function Page({ personas, first }: { personas: Persona[]; first: { choice: Choice; headers: string } }) {
  const [current, setCurrent] = useState(first);
  const [tabs] = useState(() => exampleTabs(first.headers));

  const choose = async (choice: Choice) => {
    const headers = await headersFor(choice);
    storeChoice(choice);
    setCurrent({ choice, headers });
  };

  return (
    <GraphiQL
      fetcher={fetcher}
      plugins={[explorer, HISTORY_PLUGIN]}
      defaultTabs={tabs}
      defaultHeaders={current.headers}
      shouldPersistHeaders={false}
      showPersistHeadersSettings={false}
      defaultEditorToolsVisibility="variables"
    >
      <GraphiQL.Logo>
        <Pickers
          personas={personas}
          choice={current.choice}
          headers={current.headers}
          onChoose={choice => void choose(choice)}
        />
      </GraphiQL.Logo>
    </GraphiQL>
  );
}

async function start(): Promise<void> {
  const root = createRoot(document.getElementById('root')!);
  dropTabsOfOlderExamples();
  try {
    const personas = await fetchPersonas();
    const stored = storedChoice();
    const known = stored.persona === '' || personas.some(persona => persona.name === stored.persona);
    const choice = known ? stored : { ...stored, persona: personas[0]?.name ?? '' };
    root.render(<Page personas={personas} first={{ choice, headers: await headersFor(choice) }} />);
  } catch (error) {
    root.render(<p className="failed">演示接口没有应答：{String(error)}。请确认服务以演示模式运行后刷新。</p>);
  }
}

void start();
