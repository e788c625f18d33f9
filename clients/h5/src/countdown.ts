// Seconds that a quote still holds. Both ends are the server's; this clock only counts what passes.
import { onBeforeUnmount, ref } from 'vue';

export function useCountdown(over: () => void) {
  const left = ref<number | null>(null);
  let timer: ReturnType<typeof setInterval> | undefined;

  function stop(): void {
    clearInterval(timer);
    left.value = null;
  }

  function start(issuedAt: string, expiresAt: string): void {
    stop();
    const began = performance.now();
    const whole = (Date.parse(expiresAt) - Date.parse(issuedAt)) / 1000;
    left.value = Math.floor(whole);
    timer = setInterval(() => {
      left.value = Math.max(0, Math.floor(whole - (performance.now() - began) / 1000));
      if (left.value === 0) {
        stop();
        over();
      }
    }, 1000);
  }

  onBeforeUnmount(stop);
  return { left, start, stop };
}

export function clockText(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
