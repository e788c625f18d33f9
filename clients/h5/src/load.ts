// What a screen shows of one question: the answer, that it is still asked, or what went wrong.
import { computed, ref, shallowRef } from 'vue';

export function useLoad<Result>(question: () => Promise<Result>) {
  const result = shallowRef<Result | null>(null);
  const trouble = shallowRef<unknown>(null);
  const loading = ref(false);
  let latest = 0;

  // The latest question wins, whichever answer comes last.
  async function load(): Promise<void> {
    const mine = ++latest;
    loading.value = true;
    trouble.value = null;
    try {
      const answer = await question();
      if (mine === latest) result.value = answer;
    } catch (caught) {
      if (mine === latest) trouble.value = caught;
    } finally {
      if (mine === latest) loading.value = false;
    }
  }

  return { result, trouble, loading, load };
}

type Page<Edge> = {
  edges: Edge[];
  pageInfo: { hasNextPage: boolean; endCursor?: string | null };
};
type Shown<Edge> = { edges: Edge[]; next: string | null };

// A list page by page. `question` asks for what comes after a cursor; null: there is no list, for
// who asks is a guest.
export function usePages<Edge>(question: (after: string | null) => Promise<Page<Edge> | null>) {
  let from: Shown<Edge> | null = null;
  const { result, trouble, loading, load } = useLoad(async () => {
    const before = from;
    const page = await question(before?.next ?? null);
    if (page === null) return null;
    const next = page.pageInfo.hasNextPage ? (page.pageInfo.endCursor ?? null) : null;
    return { edges: [...(before?.edges ?? []), ...page.edges], next };
  });
  const asked = ref(false);
  const edges = computed(() => result.value?.edges ?? []);
  const hasMore = computed(() => result.value?.next != null);
  const forGuests = computed(() => asked.value && !trouble.value && result.value === null);

  async function more(): Promise<void> {
    from = result.value;
    await load();
    asked.value = true;
  }

  async function restart(): Promise<void> {
    result.value = null;
    asked.value = false;
    await more();
  }

  return { edges, hasMore, forGuests, trouble, loading, more, restart };
}
