/** The texts of this page's language. The build makes one script per language and puts its catalogue in this one's place. */
export { en as texts } from './en.ts';
export const LANGUAGE = 'en';
