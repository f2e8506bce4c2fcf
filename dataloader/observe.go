package dataloader

import (
	"context"
	"reflect"
	"slices"
	"time"

	"github.com/batchtick/batchtick/scheduler"
)

// Observer is what a scheduler.Observer implements too if it wants to see the batches: give it to
// scheduler.WithObserver, and every loader on that scheduler tells it. A *LoaderInfo and a *BatchInfo are the same pointer
// in each call about the same loader or batch, and must not be changed.
type Observer interface {
	// LoaderMade is called by New and its like, on the goroutine of the loop.
	LoaderMade(l *LoaderInfo)

	// BatchStarting is called just before the batch function, on the goroutine that runs it: not on the loop, unless the
	// loader is WithInline or NewPromised. The ctx that it returns is given to the batch function. The outcome in b is not
	// known yet.
	BatchStarting(ctx context.Context, b *BatchInfo) context.Context

	// BatchEnded is called on the loop, once the batch's promises are settled and before what reacts to them runs. A batch
	// that Run's ctx ended before the batch function was called is reported here too, without BatchStarting.
	BatchEnded(b *BatchInfo)
}

// LoaderInfo describes a loader to an Observer.
type LoaderInfo struct {
	Name           string // as Loader.Name returns it
	Named          bool   // WithName gave it
	Key, Value     reflect.Type
	MaxBatchSize   int  // 0: no limit
	MaxConcurrency int  // 0: no limit
	Cached         bool // not WithoutCache

	// Loader is the loader itself, a *KeyedLoader, for use on the loop's goroutine. Its Stats know of the hits since the last
	// batch too.
	Loader interface {
		Name() string
		Scheduler() *scheduler.Scheduler
		Stats() Stats
	}
}

// BatchInfo describes a batch to an Observer.
type BatchInfo struct {
	Loader *LoaderInfo
	Round  uint64 // the tick end at which it was dispatched: scheduler.Stats.Rounds as it was then, the first being 1
	Keys   any    // the batch's []K
	Size   int    // the number of keys

	// Part counts from 1. Parts is 1 unless WithMaxBatchSize has cut the keys of the round.
	Part, Parts int

	// Loads and Hits count the loader's since its previous dispatch: of a round that was cut, they are with the first part.
	Loads, Hits uint64

	// After has the batches whose results led to these keys, each once: the keys were asked for by callbacks of their
	// promises, or by callbacks of those. Where several led to one callback, by All for instance, it has the last of them.
	// A key that was asked for outside the loop, or after a nested Await, has none. So a batch keeps those before it: with an
	// observer, a chain of loads that goes on for ever takes memory for each of its rounds.
	After []*BatchInfo

	Queued time.Time     // when the first of the round's keys was asked for
	Waited time.Duration // from then until the batch was started: the rest of the tick, and the turn of WithMaxConcurrency
	Took   time.Duration // from there until the batch function returned; of NewPromised until its promise was settled

	Err        error // what the whole batch failed with, as its promises were rejected with it
	FailedKeys int   // keys that were rejected, with the batch or alone
}

// observed is what a loader keeps for its observers; nil without them.
type observed struct {
	by     []Observer
	info   *LoaderInfo
	made   time.Time     // the time of day when the loader was made,
	madeAt time.Duration // and the same moment since epoch: from there on only that clock is read, which costs half
	queued time.Duration // since epoch, when the first key of the queue was asked for
	after  []*BatchInfo  // origins of the keys in the queue
	last   any           // that of the latest

	hits, misses uint64 // the loader's at the last dispatch
}

// record is a BatchInfo and what the scheduler needs for it.
type record struct {
	BatchInfo
	queued time.Duration // since epoch
	origin scheduler.Origin
}

func (l *KeyedLoader[K, V]) observe() {
	var by []Observer
	for _, o := range l.s.Observers() {
		if o, ok := o.(Observer); ok {
			by = append(by, o)
		}
	}
	if by == nil {
		return
	}
	made := time.Now()
	l.observed = &observed{by: by, made: made, madeAt: made.Sub(epoch), info: &LoaderInfo{
		Name: l.Name(), Named: l.config.name != "", Key: reflect.TypeFor[K](), Value: reflect.TypeFor[V](),
		MaxBatchSize: l.config.maxBatchSize, MaxConcurrency: l.config.maxConcurrency, Cached: !l.config.noCache, Loader: l,
	}}
	for _, o := range by {
		o.LoaderMade(l.observed.info)
	}
}

// asked takes note of a key that goes into the queue: the first, or the first from another origin than the one before.
func (o *observed) asked(origin any, first bool) {
	if first {
		o.queued = time.Since(epoch)
	}
	o.last = origin
	if from, ok := origin.(*BatchInfo); ok && !slices.Contains(o.after, from) {
		o.after = append(o.after, from)
	}
}

// dispatched completes the record of a batch, and begins anew when it was the last of its round.
func (o *observed) dispatched(r *record, round uint64, stats *Stats) {
	r.Loader, r.Round, r.After = o.info, round, o.after
	r.queued, r.Queued = o.queued, o.made.Add(o.queued-o.madeAt)
	if r.Part == 1 {
		r.Hits = stats.Hits - o.hits
		r.Loads = r.Hits + stats.Misses - o.misses
		o.hits, o.misses = stats.Hits, stats.Misses
	}
	if r.Part == r.Parts {
		o.after = nil
	}
}

func (o *observed) starting(ctx context.Context, b *BatchInfo) context.Context {
	for _, o := range o.by {
		ctx = o.BatchStarting(ctx, b)
	}
	return ctx
}

// ended tells the observers. One that panics is reported by Run, and harms no load.
func (o *observed) ended(s *scheduler.Scheduler, b *BatchInfo) {
	defer func() {
		if r := recover(); r != nil {
			s.Report(scheduler.NewPanicError(r))
		}
	}()
	for _, o := range o.by {
		o.BatchEnded(b)
	}
}
