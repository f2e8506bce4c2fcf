package dataloader_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// world is what a program is played in: the library, or the reference.
type world interface {
	// load hands the outcome, as text, to then; promise identifies what Load returned.
	load(o *op, then func(outcome string)) (promise any)
	loadSeveral(o *op, then func(outcome string))
	clear(loader, key int)
	clearAll(loader int)
	prime(loader, key, value int)
	primeError(loader, key int, name string)
	settle(loader, i int) bool
	run()
}

// source is what both worlds fetch from. What it answers tells which batch fetched it, so that a stale value shows.
type source struct {
	cfg     config
	loader  int
	batches [][]int
}

// answer is one batch: an outcome a key, or the name of the failure of all.
func (f *source) answer(keys []int) (values []int, errs []string, failure string) {
	n := len(f.batches)
	f.batches = append(f.batches, slices.Clone(keys))
	if f.cfg.failBatches>>(n%8)&1 == 1 {
		return nil, nil, fmt.Sprintf("batch %d/%d", f.loader, n)
	}
	errs = make([]string, len(keys))
	for i, k := range keys {
		values = append(values, f.loader*10_000+(n+1)*10+k)
		if f.cfg.failKeys>>k&1 == 1 {
			errs[i] = fmt.Sprintf("key %d/%d/%d", f.loader, n, k)
		}
	}
	return values, errs, ""
}

// refWorld is the reference: slow, and obviously right. Its promises are settled or have reactions; its loop runs the
// queue empty, then lets every loader with pending keys dispatch, in the order in which they got their first one.
type refWorld struct {
	queue   []func()
	loaders []*refLoader
	waiting []*refLoader
}

type refPromise struct {
	outcome   string
	reactions []func()
}

// refKey is one key of a batch with all the promises that wait for it.
type refKey struct {
	key      int
	promises []*refPromise
}

type refBatch struct {
	keys    []refKey
	values  []int
	errs    []string
	failure string
}

type refLoader struct {
	w        *refWorld
	source   *source
	keys     []int // of the cache, oldest first
	cache    map[int]*refPromise
	pending  []refKey
	cut      []*refBatch // waiting for a slot
	inFlight []*refBatch
}

func newRefWorld(cfg config) *refWorld {
	w := &refWorld{}
	for i := range cfg.loaders {
		w.loaders = append(w.loaders, &refLoader{w: w, source: &source{cfg: cfg, loader: i}, cache: map[int]*refPromise{}})
	}
	return w
}

func (w *refWorld) then(p *refPromise, f func(string)) {
	react := func() { f(p.outcome) }
	if p.outcome != "" {
		w.queue = append(w.queue, react)
	} else {
		p.reactions = append(p.reactions, react)
	}
}

func (w *refWorld) resolve(p *refPromise, outcome string) {
	p.outcome = outcome
	w.queue = append(w.queue, p.reactions...)
	p.reactions = nil
}

func (w *refWorld) run() {
	for {
		for len(w.queue) > 0 {
			job := w.queue[0]
			w.queue = w.queue[1:]
			job()
		}
		if len(w.waiting) == 0 {
			return
		}
		round := w.waiting
		w.waiting = nil
		for _, l := range round {
			l.dispatch()
		}
	}
}

func (l *refLoader) get(k int) *refPromise {
	return l.cache[k]
}

func (l *refLoader) set(k int, p *refPromise) {
	if _, ok := l.cache[k]; !ok {
		l.keys = append(l.keys, k)
	}
	l.cache[k] = p
	if c := l.source.cfg; c.cache == fifoCache && len(l.keys) > c.cacheSize {
		l.forget(l.keys[0])
	}
}

func (l *refLoader) forget(k int) {
	delete(l.cache, k)
	l.keys = slices.DeleteFunc(l.keys, func(x int) bool { return x == k })
}

func (l *refLoader) load(k int) *refPromise {
	p := &refPromise{}
	if l.source.cfg.cache == noCache {
		l.pending = append(l.pending, refKey{k, []*refPromise{p}})
	} else {
		if cached := l.get(k); cached != nil {
			return cached
		}
		i := slices.IndexFunc(l.pending, func(x refKey) bool { return x.key == k })
		if i >= 0 {
			l.pending[i].promises = append(l.pending[i].promises, p)
		} else {
			l.pending = append(l.pending, refKey{k, []*refPromise{p}})
		}
		l.set(k, p)
	}
	if !slices.Contains(l.w.waiting, l) {
		l.w.waiting = append(l.w.waiting, l)
	}
	return p
}

func (l *refLoader) dispatch() {
	size := len(l.pending)
	if l.source.cfg.maxBatch > 0 {
		size = l.source.cfg.maxBatch
	}
	if l.source.cfg.noBatching {
		size = 1
	}
	for keys := range slices.Chunk(l.pending, size) {
		l.cut = append(l.cut, &refBatch{keys: keys})
	}
	l.pending = nil
	l.start()
}

func (l *refLoader) start() {
	c := l.source.cfg
	for len(l.cut) > 0 && (c.concurrency == 0 || len(l.inFlight) < c.concurrency) {
		b := l.cut[0]
		l.cut = l.cut[1:]
		var keys []int
		for _, k := range b.keys {
			keys = append(keys, k.key)
		}
		b.values, b.errs, b.failure = l.source.answer(keys)
		l.inFlight = append(l.inFlight, b)
		if c.exec != byHand {
			l.finish(b)
		}
	}
}

func (l *refLoader) finish(b *refBatch) {
	l.inFlight = slices.DeleteFunc(l.inFlight, func(x *refBatch) bool { return x == b })
	for i, k := range b.keys {
		outcome, evict := "", false
		switch {
		case b.failure != "":
			outcome, evict = "error "+b.failure, true
		case b.errs[i] != "":
			outcome, evict = "error "+b.errs[i], l.source.cfg.noErrors
		default:
			outcome = strconv.Itoa(b.values[i])
		}
		for _, p := range k.promises {
			if evict && l.get(k.key) == p {
				l.forget(k.key)
			}
			l.w.resolve(p, outcome)
		}
	}
	l.start()
}

func (w *refWorld) load(o *op, then func(string)) any {
	p := w.loaders[o.loader].load(o.keys[0])
	w.then(p, then)
	return p
}

// loadSeveral fulfils when all have, and rejects with the first that does, unless it is LoadSettled.
func (w *refWorld) loadSeveral(o *op, then func(string)) {
	outcomes := make([]string, len(o.keys))
	left, over := len(o.keys), false
	finish := func() {
		if !over {
			over = true
			then(severalOutcome(o, outcomes))
		}
	}
	if left == 0 {
		w.queue = append(w.queue, finish)
	}
	for i, k := range o.keys {
		w.then(w.loaders[o.loader].load(k), func(outcome string) {
			outcomes[i] = outcome
			left--
			if left == 0 || isError(outcome) && o.kind != opLoadSettled {
				finish()
			}
		})
	}
}

func isError(outcome string) bool { return strings.HasPrefix(outcome, "error ") }

// severalOutcome is the text for the result of a LoadMany, LoadSettled or LoadMap. Which of several errors rejects a
// LoadMany is the order of settling, and not compared.
func severalOutcome(o *op, outcomes []string) string {
	if o.kind != opLoadSettled && slices.ContainsFunc(outcomes, isError) {
		return "rejected"
	}
	if o.kind != opLoadMap {
		return fmt.Sprint(outcomes)
	}
	m := map[int]string{}
	for i, k := range o.keys {
		m[k] = outcomes[i]
	}
	return fmt.Sprint(m)
}

func (w *refWorld) clear(loader, key int) { w.loaders[loader].forget(key) }

func (w *refWorld) clearAll(loader int) {
	l := w.loaders[loader]
	clear(l.cache)
	l.keys = nil
}

func (w *refWorld) primeWith(loader, key int, outcome string) {
	l := w.loaders[loader]
	if l.source.cfg.cache != noCache && l.get(key) == nil {
		l.set(key, &refPromise{outcome: outcome})
	}
}

func (w *refWorld) prime(loader, key, value int) { w.primeWith(loader, key, strconv.Itoa(value)) }

func (w *refWorld) primeError(loader, key int, name string) { w.primeWith(loader, key, "error "+name) }

func (w *refWorld) settle(loader, i int) bool {
	l := w.loaders[loader]
	if len(l.inFlight) == 0 {
		return false
	}
	b := l.inFlight[i%len(l.inFlight)]
	w.queue = append(w.queue, func() { l.finish(b) })
	return true
}
