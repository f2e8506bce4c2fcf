package trace

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/scheduler"
)

// Recorder keeps what the loaders of one scheduler do. Make one with New for each request, and give it to the scheduler:
//
//	rec := trace.New()
//	loop := scheduler.New(scheduler.WithObserver(rec))
//
// Its methods belong to the loop's goroutine: they may be called in a callback, between two Runs, and after the last. What
// is in flight then is shown as such.
//
// A Recorder that is given to a second scheduler panics when that one gets its first loader or is run: two requests would
// be mixed into one record. To sum over requests use Totals.
type Recorder struct {
	redaction

	mu        sync.Mutex // batches start on goroutines of their own
	scheduler *scheduler.Scheduler
	loaders   []*dataloader.LoaderInfo
	started   []*dataloader.BatchInfo
	ended     []*dataloader.BatchInfo
	runs      []run
	depth     int // how many Runs and Awaits are on the stack
	entered   time.Time
	nested    nested
}

// run is what happened until a Run or a Close returned. A request that only Awaits is one run, and so is what came last.
type run struct {
	from, to time.Time
	wall     time.Duration // in the loop
	ended    int           // how many batches of the record had ended by its end
	over     bool
	err      error
}

// nested counts what an Await in a callback did.
type nested struct {
	awaits int    // those that forced a round
	rounds uint64 // how many those were
	before uint64 // the scheduler's rounds when the outermost of them began
}

// New makes a Recorder.
func New(opts ...Option) *Recorder {
	r := &Recorder{}
	for _, opt := range opts {
		opt(&r.redaction)
	}
	return r
}

// Batches returns what was recorded: by round, within it in the order in which the loaders dispatched. The last ones may
// still be in flight. They must not be changed.
func (r *Recorder) Batches() []*dataloader.BatchInfo {
	var all []*dataloader.BatchInfo
	for _, run := range r.look() {
		for _, round := range run.rounds {
			for _, b := range round.bars {
				all = append(all, b.BatchInfo)
			}
		}
	}
	return all
}

// Loaders returns the loaders of the scheduler, in the order in which they were made.
func (r *Recorder) Loaders() []*dataloader.LoaderInfo {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.loaders)
}

// LoaderMade implements dataloader.Observer.
func (r *Recorder) LoaderMade(l *dataloader.LoaderInfo) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.only(l.Loader.Scheduler())
	r.loaders = append(r.loaders, l)
}

// BatchStarting implements dataloader.Observer.
func (r *Recorder) BatchStarting(ctx context.Context, b *dataloader.BatchInfo) context.Context {
	r.mu.Lock()
	r.started = append(r.started, b)
	r.mu.Unlock()
	return ctx
}

// BatchEnded implements dataloader.Observer.
func (r *Recorder) BatchEnded(b *dataloader.BatchInfo) {
	r.mu.Lock()
	r.ended = append(r.ended, b)
	r.mu.Unlock()
}

// Entered implements scheduler.Observer.
func (r *Recorder) Entered(s *scheduler.Scheduler, by scheduler.Entry, _ context.Context) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.only(s)
	r.depth++
	if by == scheduler.ByNested {
		if r.depth == 2 {
			r.nested.before = s.Stats().Rounds
		}
		return
	}
	r.entered = time.Now()
	if len(r.runs) == 0 || r.runs[len(r.runs)-1].over {
		r.runs = append(r.runs, run{from: r.entered})
	}
}

// Left implements scheduler.Observer.
func (r *Recorder) Left(s *scheduler.Scheduler, by scheduler.Entry, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.depth--
	if by == scheduler.ByNested {
		if forced := s.Stats().Rounds - r.nested.before; r.depth == 1 && forced > 0 {
			r.nested.awaits++
			r.nested.rounds += forced
		}
		return
	}
	run := &r.runs[len(r.runs)-1]
	run.to = time.Now()
	run.wall += run.to.Sub(r.entered)
	run.ended, run.err = len(r.ended), err
	run.over = by == scheduler.ByRun || by == scheduler.ByClose
}

// only panics if the recorder has been given to another scheduler than s.
func (r *Recorder) only(s *scheduler.Scheduler) {
	switch r.scheduler {
	case nil:
		r.scheduler = s
	case s:
	default:
		panic("trace: one Recorder was given to two schedulers; make one with trace.New for each request, or use Totals")
	}
}
