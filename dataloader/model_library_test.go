package dataloader_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// libWorld plays a program in the library.
type libWorld struct {
	cfg     config
	s       *scheduler.Scheduler
	loaders []*dataloader.Loader[int, int]
	sources []*source
	open    [][]openBatch // a list a loader, in the order in which the batches were asked for
	runErr  error
}

// openBatch is a promised batch in flight, and what it will be settled with.
type openBatch struct {
	r       promise.Resolver[[]promise.Result[int]]
	results []promise.Result[int]
	err     error
}

// modelError carries the name under which both worlds know an error.
type modelError string

func (e modelError) Error() string { return string(e) }

func errorOutcome(err error) string {
	var m modelError
	if errors.As(err, &m) {
		return "error " + string(m)
	}
	return "not an error of the source: " + err.Error()
}

func newLibWorld(cfg config) *libWorld {
	policy := scheduler.Eager
	if cfg.exec == goroutine && cfg.unordered {
		policy = scheduler.Lockstep
	}
	w := &libWorld{cfg: cfg, s: scheduler.New(scheduler.WithPolicy(policy)), open: make([][]openBatch, cfg.loaders)}
	for i := range cfg.loaders {
		f := &source{cfg: cfg, loader: i}
		w.sources = append(w.sources, f)
		w.loaders = append(w.loaders, w.build(i, f))
	}
	return w
}

func (w *libWorld) build(i int, f *source) *dataloader.Loader[int, int] {
	c := w.cfg
	opts := []dataloader.Option{
		dataloader.WithName(fmt.Sprint("loader", i)),
		dataloader.WithMaxBatchSize(c.maxBatch),
		dataloader.WithMaxConcurrency(c.concurrency),
	}
	if c.noBatching {
		opts = append(opts, dataloader.WithoutBatching())
	}
	if c.noErrors {
		opts = append(opts, dataloader.WithoutErrorCache())
	}
	switch c.cache {
	case noCache:
		opts = append(opts, dataloader.WithoutCache())
	case fifoCache:
		opts = append(opts, dataloader.WithCache(&fifo{size: c.cacheSize, m: map[int]*promise.Promise[int]{}}))
	}
	if c.exec == byHand {
		return dataloader.NewPromised(w.s, func(_ context.Context, keys []int) *promise.Promise[[]promise.Result[int]] {
			p, r := promise.WithResolvers[[]promise.Result[int]](w.s)
			b := openBatch{r: r}
			values, errs, err := fetch(f, keys)
			b.err = err
			for j := range values {
				b.results = append(b.results, promise.Result[int]{Value: values[j], Err: errs[j]})
			}
			w.open[i] = append(w.open[i], b)
			return p
		}, opts...)
	}
	if c.exec == inline {
		opts = append(opts, dataloader.WithInline())
	}
	return dataloader.New(w.s, func(_ context.Context, keys []int) ([]int, error) {
		values, errs, err := fetch(f, keys)
		if err != nil {
			return nil, err
		}
		return values, errs
	}, opts...)
}

// fetch turns the source's names of errors into errors.
func fetch(f *source, keys []int) ([]int, dataloader.Errors, error) {
	values, names, failure := f.answer(keys)
	if failure != "" {
		return nil, nil, modelError(failure)
	}
	errs := make(dataloader.Errors, len(keys))
	for i, name := range names {
		if name != "" {
			errs[i] = modelError(name)
		}
	}
	return values, errs, nil
}

// fifo is a cache that keeps the newest size entries.
type fifo struct {
	size int
	keys []int
	m    map[int]*promise.Promise[int]
}

func (c *fifo) Get(k int) (*promise.Promise[int], bool) { p, ok := c.m[k]; return p, ok }

func (c *fifo) Set(k int, p *promise.Promise[int]) {
	if _, ok := c.m[k]; !ok {
		c.keys = append(c.keys, k)
	}
	c.m[k] = p
	if len(c.keys) > c.size {
		c.Delete(c.keys[0])
	}
}

func (c *fifo) Delete(k int) {
	delete(c.m, k)
	c.keys = slices.DeleteFunc(c.keys, func(x int) bool { return x == k })
}

func (c *fifo) Clear() {
	clear(c.m)
	c.keys = nil
}

func hop[V any](p *promise.Promise[V], hops int) *promise.Promise[V] {
	for range hops {
		p = promise.Then(p, func(v V) *promise.Promise[V] { return promise.Resolve(p.Scheduler(), v) })
	}
	return p
}

func (w *libWorld) load(o *op, then func(string)) any {
	p := w.loaders[o.loader].Load(o.keys[0])
	hop(p, o.hops).Done(
		func(v int) { then(strconv.Itoa(v)) },
		func(err error) { then(errorOutcome(err)) },
	)
	return p
}

func (w *libWorld) loadSeveral(o *op, then func(string)) {
	l := w.loaders[o.loader]
	outcomes := make([]string, len(o.keys))
	rejected := func(err error) {
		outcome := errorOutcome(err)
		if isError(outcome) {
			outcome = "rejected"
		}
		then(outcome)
	}
	switch o.kind {
	case opLoadMany:
		hop(l.LoadMany(o.keys), o.hops).Done(func(vs []int) {
			for i, v := range vs {
				outcomes[i] = strconv.Itoa(v)
			}
			then(severalOutcome(o, outcomes))
		}, rejected)
	case opLoadSettled:
		hop(l.LoadSettled(o.keys), o.hops).Done(func(rs []promise.Result[int]) {
			for i, r := range rs {
				outcomes[i] = strconv.Itoa(r.Value)
				if r.Err != nil {
					outcomes[i] = errorOutcome(r.Err)
				}
			}
			then(severalOutcome(o, outcomes))
		}, rejected)
	case opLoadMap:
		hop(l.LoadMap(o.keys), o.hops).Done(func(m map[int]int) {
			for i, k := range o.keys {
				outcomes[i] = strconv.Itoa(m[k])
			}
			then(severalOutcome(o, outcomes))
		}, rejected)
	}
}

func (w *libWorld) clear(loader, key int)        { w.loaders[loader].Clear(key) }
func (w *libWorld) clearAll(loader int)          { w.loaders[loader].ClearAll() }
func (w *libWorld) prime(loader, key, value int) { w.loaders[loader].Prime(key, value) }
func (w *libWorld) primeError(loader, key int, name string) {
	w.loaders[loader].PrimeError(key, modelError(name))
}

func (w *libWorld) settle(loader, i int) bool {
	open := w.open[loader]
	if len(open) == 0 {
		return false
	}
	i %= len(open)
	b := open[i]
	w.open[loader] = slices.Delete(open, i, i+1)
	if b.err != nil {
		b.r.Reject(b.err)
	} else {
		b.r.Resolve(b.results)
	}
	return true
}

func (w *libWorld) run() {
	w.runErr = errors.Join(w.runErr, w.s.Run(context.Background()))
}
