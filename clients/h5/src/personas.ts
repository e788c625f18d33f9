// The demo's personas; outside the demo there are none.
import { language } from './language';

export type Persona = { name: string; title: string };

export async function personas(): Promise<Persona[]> {
  const headers = { 'Accept-Language': language.value };
  const response = await fetch('/demo/personas', { headers }).catch(() => null);
  return response?.ok ? ((await response.json()) as Persona[]) : [];
}

export async function tokenOf(persona: string): Promise<string> {
  const body = JSON.stringify({ persona });
  const response = await fetch('/demo/token', { method: 'POST', body });
  return ((await response.json()) as { token: string }).token;
}
