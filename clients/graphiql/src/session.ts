// Who asks, in which language and channel: the headers of every request of this page.
export type Persona = { name: string; title: string };
export type Choice = { persona: string; language: string; channel: string };

export const GUEST = '';
const CHOICE_KEY = 'youhui:choice';
const FIRST: Choice = { persona: 'regular', language: 'zh-CN', channel: 'mini-program' };

export function storedChoice(): Choice {
  try {
    return { ...FIRST, ...(JSON.parse(localStorage.getItem(CHOICE_KEY) ?? '{}') as Partial<Choice>) };
  } catch {
    return FIRST;
  }
}

export function storeChoice(choice: Choice): void {
  localStorage.setItem(CHOICE_KEY, JSON.stringify(choice));
}

export async function fetchPersonas(): Promise<Persona[]> {
  const response = await fetch('/demo/personas', { headers: { 'Accept-Language': 'zh-CN' } });
  if (!response.ok) throw new Error(`/demo/personas: ${response.status}`);
  return (await response.json()) as Persona[];
}

// The headers as the JSON text of GraphiQL's header editor. A guest sends no Authorization.
export async function headersFor(choice: Choice): Promise<string> {
  const headers: Record<string, string> = {
    'Accept-Language': choice.language,
    'Youhui-Channel': choice.channel,
  };
  if (choice.persona !== GUEST) {
    const response = await fetch('/demo/token', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ persona: choice.persona }),
    });
    if (!response.ok) throw new Error(`/demo/token: ${response.status}`);
    const { token } = (await response.json()) as { token: string };
    headers['Authorization'] = `Bearer ${token}`;
  }
  return JSON.stringify(headers, null, 2);
}
