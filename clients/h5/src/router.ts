// The places of this page. app/gateway/pages.py answers each of them with the one document.
import { createRouter, createWebHistory } from 'vue-router';

import NearbyScreen from './screens/NearbyScreen.vue';

export const router = createRouter({
  history: createWebHistory(),
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
  routes: [
    { path: '/', component: NearbyScreen, meta: { tab: true } },
    { path: '/stations/:id', component: () => import('./screens/StationScreen.vue'), props: true },
  ],
});
