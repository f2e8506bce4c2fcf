// A loader keeps its colour for as long as the page is open, whatever is run.
const seen = new Map()

export function colourOf(loader) {
  if (!seen.has(loader)) seen.set(loader, seen.size % 6)
  return `var(--loader-${seen.get(loader)})`
}
