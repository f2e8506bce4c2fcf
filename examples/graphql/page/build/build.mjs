// Bundles src/ and GraphiQL into ../static, with the licence of every package that is in the bundle. Run it with
//
//     npm ci && npm run build
//
// after a change here, and commit what it wrote: the Go program embeds it, and needs no Node.
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import esbuild from 'esbuild'

import { licences } from './licences.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const out = join(here, '..', 'static')
mkdirSync(out, { recursive: true })

// GraphiQL's style sheet carries 34 faces of two fonts: 340 of its 400 kB, and two more licences.
const withoutFonts = {
  name: 'without-fonts',
  setup(build) {
    build.onLoad({ filter: /\.css$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace(/@font-face\s*{[^}]*}/g, ''),
      loader: 'css',
    }))
  },
}

const { metafile, errors } = await esbuild.build({
  absWorkingDir: here,
  entryPoints: { page: 'src/main.jsx' },
  outdir: out,
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  jsx: 'automatic',
  define: { 'process.env.NODE_ENV': '"production"' },
  legalComments: 'none', // in LICENSES.txt
  banner: {
    js: '/*! Built by ../build; licences in LICENSES.txt */',
    css: '/*! Built by ../build; licences in LICENSES.txt */',
  },
  plugins: [withoutFonts],
  metafile: true,
  logLevel: 'info',
})
if (errors.length) process.exit(1)

const bundled = Object.values(metafile.outputs).flatMap((output) => Object.keys(output.inputs))
writeFileSync(join(out, 'LICENSES.txt'), licences(here, bundled))
writeFileSync(join(out, 'sources.sha256'), sources())

// The Go test compares this with what is in src/, so that a change that was not built is noticed without Node.
function sources() {
  const files = [
    'build.mjs',
    'licences.mjs',
    'package.json',
    'package-lock.json',
    ...readdirSync(join(here, 'src')).map((f) => `src/${f}`),
  ]
  const lines = files.sort().map(
    (f) =>
      `${createHash('sha256')
        .update(readFileSync(join(here, f)))
        .digest('hex')}  ${f}`,
  )
  return lines.join('\n') + '\n'
}
