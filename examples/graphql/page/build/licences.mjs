// The licence texts of every npm package that has code in the bundle. A package that ships no licence file gets that
// of a package from the same repository, else the text of the MIT licence if its package.json says MIT, else the
// build stops.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export function licences(root, inputs) {
  const folders = [...new Set(inputs.filter((path) => path.includes('node_modules/')).map(packageFolder))]
  const packages = folders.map((folder) => read(join(root, folder)))
  const ofRepository = new Map(packages.filter((p) => p.text).map((p) => [p.repository, p.text]))

  const byText = new Map()
  for (const { name, licence, repository, author, text } of packages) {
    const found =
      text || ofRepository.get(repository) || (licence === 'MIT' && mit(author || `the authors of ${repository}`))
    if (!found) throw new Error(`${name} (${licence}) has no licence file`)
    byText.set(found, [...(byText.get(found) ?? []), `${name} (${licence}) ${repository}`])
  }
  const sections = [...byText].map(([text, names]) => [names.sort(), text]).sort(([[a]], [[b]]) => (a < b ? -1 : 1))
  const rule = '='.repeat(100)
  return (
    'page.js and page.css contain parts of the packages below, each under its own licence.\n' +
    sections.map(([names, text]) => `\n${rule}\n${names.join('\n')}\n${rule}\n\n${text}\n`).join('')
  )
}

function read(folder) {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const files = readdirSync(folder)
    .filter((f) => /^(licen[cs]e|copying|notice)/i.test(f))
    .sort()
  return {
    name: `${manifest.name} ${manifest.version}`,
    licence: manifest.license,
    repository: (manifest.repository?.url ?? manifest.repository ?? '').replace(/^git\+|\.git$/g, ''),
    author: manifest.author?.name ?? manifest.author?.replace(/ *[<(].*/, ''),
    text: files.map((f) => readFileSync(join(folder, f), 'utf8').replaceAll('\r\n', '\n').trim()).join('\n\n'),
  }
}

function packageFolder(path) {
  const [, before, name] = path.match(/^(.*node_modules\/)((?:@[^/]+\/)?[^/]+)/)
  return before + name
}

const mit = (holder) => `(The package ships no licence file. Its package.json says MIT, whose text is:)

MIT License

Copyright (c) ${holder}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation
files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy,
modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the
Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE,
ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`
