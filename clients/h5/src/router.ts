// The places of this page. app/gateway/pages.py answers each of them with the one document.
import { createRouter, createWebHistory } from 'vue-router';

import NearbyScreen from './screens/NearbyScreen.vue';

export const router = createRouter({
  history: createWebHistory(),
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
  routes: [
    { path: '/', component: NearbyScreen, meta: { tab: true } },
    { path: '/stations/:id', component: () => import('./screens/StationScreen.vue'), props: true },
    { path: '/stations/:id/checkout', component: () => import('./screens/CheckoutScreen.vue'), props: true },
    { path: '/offers', component: () => import('./screens/OffersScreen.vue'), meta: { tab: true } },
    { path: '/wallet', component: () => import('./screens/WalletScreen.vue'), meta: { tab: true } },
    { path: '/orders', component: () => import('./screens/OrdersScreen.vue'), meta: { tab: true } },
    { path: '/orders/:id', component: () => import('./screens/OrderScreen.vue'), props: true },
    { path: '/me', component: () => import('./screens/MeScreen.vue'), meta: { tab: true } },
    { path: '/sign-in', component: () => import('./screens/SignInScreen.vue') },
  ],
});
