/**
 * Build the console into functions/console/built: one script per language, one style, and the script for pages that embed it.
 *
 *     node build.mjs           builds (and writes the types of the API from docs/openapi.json)
 *     node build.mjs --types   writes the types alone
 */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import openapiTS, { astToString } from 'openapi-typescript';
import { inlined, lookedUp } from './inline.ts';

const HERE = fileURLToPath(new URL('./', import.meta.url));
const TARGET = fileURLToPath(new URL('../functions/console/built/', import.meta.url));

/** The routes that a browser calls, as types: whoever changes the API sees here what no longer fits. */
async function apiTypes() {
  const document = JSON.parse(readFileSync(`${HERE}../docs/openapi.json`, 'utf8'));
  const paths = Object.fromEntries(Object.entries(document.paths).filter(([path]) => path.startsWith('/console/api/')));
  const syntax = await openapiTS({ ...document, paths }, { silent: true, defaultNonNullable: false });
  mkdirSync(`${HERE}generated`, { recursive: true });
  writeFileSync(`${HERE}generated/api.ts`, `// Generated from docs/openapi.json by build.mjs.\n${astToString(syntax)}`);
}

const SHARED = { bundle: true, minify: true, target: 'es2022', legalComments: 'none', logLevel: 'warning', charset: 'utf8' };

const LANGUAGES = ['en', 'de'];

/** Put one language's texts into the sources that say them, and what is left of its catalogue in the place of text/catalogue.ts. */
const catalogueOf = (language) => ({
  name: 'catalogue',
  async setup(build) {
    const texts = (await import(`./src/text/${language}.ts`))[language];
    const files = readdirSync(`${HERE}src`, { recursive: true }).filter((name) => /\.tsx?$/.test(name) && !name.startsWith('text'));
    const left = lookedUp(files.map((name) => readFileSync(`${HERE}src/${name}`, 'utf8')), texts);
    build.onLoad({ filter: /text\/catalogue\.ts$/ }, () => ({
      contents: `export const texts = ${JSON.stringify(left)}; export const LANGUAGE = '${language}';`,
      loader: 'ts',
    }));
    build.onLoad({ filter: /src\/(main|(api|app|editor|embed|pages|parts|state)\/.*)\.tsx?$/ }, ({ path }) => ({
      contents: inlined(readFileSync(path, 'utf8'), texts),
      loader: path.endsWith('x') ? 'tsx' : 'ts',
    }));
  },
});

async function bundles() {
  rmSync(TARGET, { recursive: true, force: true });
  mkdirSync(TARGET, { recursive: true });
  const page = { ...SHARED, format: 'iife', jsx: 'automatic', jsxImportSource: 'preact' };
  await Promise.all([
    ...LANGUAGES.map((each) => build({ ...page, entryPoints: [`${HERE}src/main.tsx`], outfile: `${TARGET}console.${each}.js`, plugins: [catalogueOf(each)] })),
    build({ ...SHARED, format: 'iife', entryPoints: [`${HERE}src/embed/embed.ts`], outfile: `${TARGET}embed.js` }),
    build({ ...SHARED, entryPoints: [`${HERE}src/style/index.css`], outfile: `${TARGET}console.css` }),
  ]);
  copyFileSync(`${HERE}src/page.html`, `${TARGET}page.html`);
}

await apiTypes();
if (!process.argv.includes('--types')) await bundles();
