// Of Vant only what is used, each with its style.
import 'vant/es/icon/style';
import 'vant/es/nav-bar/style';
import 'vant/es/tabbar/style';
import 'vant/es/tabbar-item/style';
import 'vant/es/toast/style';

export { NavBar, showToast, Tabbar, TabbarItem } from 'vant';

// Vant's dark colours follow a class, the page's own follow the system.
const dark = matchMedia('(prefers-color-scheme: dark)');
const follow = () => document.documentElement.classList.toggle('van-theme-dark', dark.matches);
dark.addEventListener('change', follow);
follow();
