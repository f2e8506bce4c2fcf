// Where the bars go: pure functions, from extensions.batches to numbers and words. Times are microseconds since the
// request's start.

// layout groups the batches by round and loader. Two batches that overlap in time get a lane each; those that follow
// each other share one, as a naive run's hundreds of statements do.
export function layout(trace) {
  const ends = trace.batches.map(end)
  const span = Math.max(trace.micros, 1, ...ends)
  const batches = trace.batches
    .map((batch, index) => ({ ...batch, index }))
    .sort((a, b) => a.startMicros - b.startMicros)
  const rounds = [...groupBy(batches, (b) => b.round)]
    .sort(([a], [b]) => a - b)
    .map(([round, inRound]) => ({
      round,
      from: Math.min(...inRound.map((b) => b.startMicros)),
      to: Math.max(...inRound.map(end)),
      lanes: [...groupBy(inRound, (b) => b.loader)].flatMap(([loader, ofLoader]) =>
        pack(ofLoader).map((bars) => ({ loader, bars })),
      ),
    }))
  return {
    span,
    rounds,
    order: rounds.flatMap((r) => r.lanes.flatMap((l) => l.bars)).sort((a, b) => a.startMicros - b.startMicros),
  }
}

function pack(batches) {
  const lanes = []
  for (const batch of batches) {
    const free = lanes.find((lane) => end(lane.at(-1)) <= batch.startMicros)
    if (free) free.push(batch)
    else lanes.push([batch])
  }
  return lanes
}

function groupBy(items, keyOf) {
  const groups = new Map()
  for (const item of items) {
    const key = keyOf(item)
    if (groups.has(key)) groups.get(key).push(item)
    else groups.set(key, [item])
  }
  return groups
}

export const end = (batch) => batch.startMicros + batch.micros

// ticks are round numbers from 0 to span, at most `most` steps.
export function ticks(span, most) {
  const rough = span / most
  const decade = 10 ** Math.floor(Math.log10(rough))
  const step = Math.max(
    1,
    [1, 2, 5, 10].map((m) => m * decade).find((s) => s >= rough * 0.999999),
  )
  const marks = []
  for (let t = 0; t <= span; t += step) marks.push(t)
  return marks
}

export function duration(micros) {
  if (micros < 1000) return `${Math.round(micros)} µs`
  if (micros < 1_000_000) return `${short(micros / 1000)} ms`
  return `${short(micros / 1_000_000)} s`
}

// mark writes a time on the axis, where a round number needs no decimals.
export function mark(micros) {
  if (micros === 0) return '0'
  const [n, unit] =
    micros < 1000 ? [micros, 'µs'] : micros < 1_000_000 ? [micros / 1000, 'ms'] : [micros / 1_000_000, 's']
  return `${Number(n.toFixed(2))} ${unit}`
}

const short = (n) => (n < 10 ? n.toFixed(2) : n < 100 ? n.toFixed(1) : n.toFixed(0))

export function count(n, one, many = `${one}s`) {
  return `${n.toLocaleString('en-GB')} ${n === 1 ? one : many}`
}

export function summary(trace) {
  const cost = [count(trace.statements, 'statement'), duration(trace.micros)]
  const batches = trace.batches.filter((b) => b.round > 0).length // in round 0 is what no loader has sent
  if (!trace.naive) cost.unshift(count(trace.rounds, 'round'), count(batches, 'batch', 'batches'))
  return cost.join(', ')
}

// arrange says for each bar of a lane where its words fit: after it, inside it, before it, or nowhere. All in pixels;
// words are a width, and no words lie over a bar or over other words.
export function arrange(bars, width) {
  let taken = 0 // up to where the lane is full
  return bars.map(({ left, right, words }, i) => {
    const next = i + 1 < bars.length ? bars[i + 1].left : width
    const where =
      right + words <= next
        ? 'after'
        : words <= right - left
          ? 'inside'
          : left - words >= taken
            ? 'before'
            : 'nowhere'
    taken = where === 'after' ? right + words : right
    return where
  })
}
