// Of Vant only what is used, each with its style. Its icon font is left out: it names another host.
import 'vant/es/style/base.css';
import 'vant/es/nav-bar/index.css';
import 'vant/es/tabbar/index.css';
import 'vant/es/tabbar-item/index.css';

export { NavBar, Tabbar, TabbarItem } from 'vant';

// Vant's dark colours follow a class, the page's own follow the system.
const dark = matchMedia('(prefers-color-scheme: dark)');
const follow = () => document.documentElement.classList.toggle('van-theme-dark', dark.matches);
dark.addEventListener('change', follow);
follow();
