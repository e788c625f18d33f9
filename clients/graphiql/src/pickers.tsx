// Persona, language and channel: what is picked is written into the header editor of the open tab,
// so that what is shown is what is sent.
import { useGraphiQL } from '@graphiql/react';
import { useEffect } from 'react';
import { GUEST, type Choice, type Persona } from './session';
import { resetTabs } from './tabs';

type Props = {
  personas: Persona[];
  choice: Choice;
  headers: string;
  onChoose: (choice: Choice) => void;
};

export function Pickers({ personas, choice, headers, onChoose }: Props) {
  const editor = useGraphiQL(state => state.headerEditor);
  const tab = useGraphiQL(state => state.activeTabIndex);
  const variables = useGraphiQL(state => state.variableEditor);
  const tabVariables = useGraphiQL(state => state.tabs[state.activeTabIndex]?.variables);

  useEffect(() => {
    if (editor && editor.getValue() !== headers) editor.setValue(headers);
  }, [editor, tab, headers]);

  // GraphiQL fills the first tab's query by itself, but leaves its variables out.
  useEffect(() => {
    if (variables && !variables.getValue()) variables.setValue(tabVariables ?? '');
  }, [variables]);

  const pick = (key: keyof Choice) => (event: React.ChangeEvent<HTMLSelectElement>) =>
    onChoose({ ...choice, [key]: event.target.value });

  return (
    <div className="pickers">
      <strong>油惠 GraphiQL</strong>
      <label>
        身份
        <select value={choice.persona} onChange={pick('persona')} data-testid="persona">
          <option value={GUEST}>游客（未登录）</option>
          {personas.map(persona => (
            <option key={persona.name} value={persona.name}>
              {persona.title}
            </option>
          ))}
        </select>
      </label>
      <label>
        语言
        <select value={choice.language} onChange={pick('language')} data-testid="language">
          <option value="zh-CN">中文</option>
          <option value="en">English</option>
        </select>
      </label>
      <label>
        渠道
        <select value={choice.channel} onChange={pick('channel')} data-testid="channel">
          <option value="mini-program">小程序</option>
          <option value="h5">H5</option>
          <option value="app">App</option>
        </select>
      </label>
      <button
        type="button"
        onClick={() => {
          resetTabs();
          location.reload();
        }}
      >
        恢复示例
      </button>
    </div>
  );
}
