package loaderorder_test

import (
	"context"
	"fmt"
	"slices"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// trace is what happened when a program was played. play.js prints the same.
type trace struct {
	Log     []string          `json:"log"`     // batches and callbacks in their order
	Batches [][][]int         `json:"batches"` // the keys of each batch, by loader
	Results map[string]string `json:"results"` // how each op ended, by its id

	hits map[int]bool // ops that were given a key that was cached or queued
}

// world plays one program with the library.
type world struct {
	p       *program
	s       *scheduler.Scheduler
	loaders []*dataloader.KeyedLoader[int, int]
	asked   []map[int]bool // by loader: the keys that were asked for since its last batch
	trace   trace
}

func play(p *program) trace {
	w := &world{p: p, s: scheduler.New(), trace: trace{Results: map[string]string{}, hits: map[int]bool{}}}
	for i := range p.Loaders {
		w.asked = append(w.asked, map[int]bool{})
		w.trace.Batches = append(w.trace.Batches, [][]int{})
		w.loaders = append(w.loaders, w.loader(i))
	}
	for _, phase := range p.Phases {
		w.log("phase")
		w.block(phase)
		if err := w.s.Run(context.Background()); err != nil {
			w.trace.Results["unhandled"] = reason(err)
		}
	}
	return w.trace
}

func (w *world) log(format string, args ...any) {
	w.trace.Log = append(w.trace.Log, fmt.Sprintf(format, args...))
}

func (w *world) cacheKey(key int) int {
	if w.p.Keyed {
		return key % 100
	}
	return key
}

func (w *world) ask(loader int, keys ...int) {
	for _, key := range keys {
		w.asked[loader][w.cacheKey(key)] = true
	}
}

func (w *world) block(ops []*op) {
	for _, o := range ops {
		w.op(o)
	}
}

func (w *world) op(o *op) {
	l := w.loaders[o.Loader]
	hits := l.Stats().Hits
	hit := func() bool { return l.Stats().Hits > hits }
	switch o.Op {
	case "load":
		w.ask(o.Loader, o.Keys...)
		p := gate(w, l.Load(o.Keys[0]))
		observe(w, o, p, hit())
	case "loadMany":
		w.ask(o.Loader, o.Keys...)
		p := l.LoadSettled(o.Keys)
		if len(o.Keys) > 0 {
			p = hop(gate(w, p)) // npm's loadMany puts a catch between each load and its Promise.all
		}
		observe(w, o, p, hit())
	case "loadAll":
		w.ask(o.Loader, o.Keys...)
		p := l.LoadMany(o.Keys)
		if len(o.Keys) > 0 {
			p = gate(w, p)
		}
		observe(w, o, p, hit())
	case "chain":
		w.chain(o)
	case "clear":
		if w.mayClear(w.asked[o.Loader][w.cacheKey(o.Keys[0])]) {
			l.Clear(o.Keys[0])
		}
	case "clearAll":
		if w.mayClear(len(w.asked[o.Loader]) > 0) {
			l.ClearAll()
		}
	case "prime":
		l.Prime(o.Keys[0], 9000000+o.ID)
	case "primeError":
		l.PrimeError(o.Keys[0], named(fmt.Sprintf("e%d", o.ID)))
	default:
		panic("op " + o.Op)
	}
}

// chain loads a key, and another one when that is there.
func (w *world) chain(o *op) {
	load := func(loader, key int) (p *promise.Promise[int], hit bool) {
		l := w.loaders[loader]
		hits := l.Stats().Hits
		w.ask(loader, key)
		p = gate(w, l.Load(key))
		return p, l.Stats().Hits > hits
	}
	first, hit := load(o.Loader, o.Keys[0])
	if hit && w.p.exact() {
		observe(w, o, first, hit)
		return
	}
	chained := &hit // is known when the second key has been loaded
	p := promise.Then(first, func(int) *promise.Promise[int] {
		second, hit := load(o.Next, o.Keys[1])
		*chained = hit
		return w.price(second)
	})
	observeLater(w, o, p, chained)
}

func (w *world) mayClear(waiting bool) bool {
	return !waiting || !w.p.exact() && len(w.p.FailBatches) == 0
}

func observe[T any](w *world, o *op, p *promise.Promise[T], hit bool) { observeLater(w, o, p, &hit) }

// observeLater waits for an op, and then does what comes after it. hit is looked at when p is settled.
func observeLater[T any](w *world, o *op, p *promise.Promise[T], hit *bool) {
	for range o.Hops {
		p = hop(p)
	}
	finish := func(outcome string) {
		w.trace.Results[fmt.Sprint(o.ID)] = outcome
		w.trace.hits[o.ID] = *hit
		if *hit && w.p.exact() {
			return
		}
		w.log("#%d", o.ID)
		w.block(o.Then)
	}
	p.Done(func(v T) { finish("f" + show(v)) }, func(err error) { finish("r" + reason(err)) })
}

// hop is one callback that changes nothing.
func hop[T any](p *promise.Promise[T]) *promise.Promise[T] {
	return promise.Map(p, func(v T) (T, error) { return v, nil })
}

// gate holds back what comes of a load until the tick has ended, as JavaScript does with a hit. Without it a hit is given at
// once: a known difference. Programs whose order is exact do nothing after a hit, and need no gate.
func gate[T any](w *world, p *promise.Promise[T]) *promise.Promise[T] {
	if w.p.exact() {
		return p
	}
	ended, r := promise.WithResolvers[struct{}](w.s)
	w.s.AtTickEnd(func() { r.Resolve(struct{}{}) })
	return promise.Handle(p, func(T, error) *promise.Promise[T] {
		return promise.Then(ended, func(struct{}) *promise.Promise[T] { return p })
	})
}

// price makes following p cost the two jobs that it costs in JavaScript; see package v8order.
func (w *world) price(p *promise.Promise[int]) *promise.Promise[int] {
	q, r := promise.WithResolvers[int](w.s)
	w.s.Enqueue(scheduler.JobFunc(func() { p.Done(r.Resolve, r.Reject) }))
	return q
}

func (w *world) loader(i int) *dataloader.KeyedLoader[int, int] {
	source := &source{w: w, loader: i, versions: map[int]int{}}
	opts := []dataloader.Option{dataloader.WithName(fmt.Sprint("loader ", i))}
	switch {
	case w.p.Max == 1:
		opts = append(opts, dataloader.WithoutBatching())
	case w.p.Max > 1:
		opts = append(opts, dataloader.WithMaxBatchSize(w.p.Max))
	}
	if w.p.NoCache {
		opts = append(opts, dataloader.WithoutCache())
	}
	if w.p.Promised {
		return &dataloader.NewPromised(w.s, source.promise, opts...).KeyedLoader
	}
	opts = append(opts, dataloader.WithInline())
	if w.p.Keyed {
		return dataloader.NewKeyed(w.s, source.fetch, w.cacheKey, opts...)
	}
	return &dataloader.New(w.s, source.fetch, opts...).KeyedLoader
}

func unique(keys []int, same func(int) int) []int {
	seen := map[int]bool{}
	return slices.DeleteFunc(slices.Clone(keys), func(key int) bool {
		double := seen[same(key)]
		seen[same(key)] = true
		return double
	})
}
