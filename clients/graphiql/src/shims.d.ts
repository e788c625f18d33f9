/// <reference types="vite/client" />

interface MonacoWorkers {
  getWorker(id: string, label: string): Worker;
}

declare var MonacoEnvironment: MonacoWorkers | undefined;
