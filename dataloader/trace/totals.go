package trace

import (
	"context"
	"encoding/json"
	"maps"
	"sync"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/scheduler"
)

// Totals sums over requests, by the names of the loaders. It is an expvar.Var, and safe for concurrent use; its zero value
// is ready:
//
//	var totals trace.Totals
//
//	func init() { expvar.Publish("loaders", &totals) }
//
// and for each request
//
//	loop := scheduler.New(scheduler.WithObserver(totals.Observer()))
//
// Names that are made up as the program runs make a Totals that grows with them.
type Totals struct {
	mu  sync.Mutex
	now Snapshot
}

// Snapshot is what a Totals has summed up.
type Snapshot struct {
	Requests  uint64                      `json:"requests"` // schedulers that were run
	Scheduler scheduler.Stats             `json:"scheduler"`
	Loaders   map[string]dataloader.Stats `json:"loaders"`
}

// Observer makes an observer for one scheduler. What that has done is added whenever Run, an outermost Await or Close
// returns; a batch costs nothing.
func (t *Totals) Observer() scheduler.Observer { return &totalled{totals: t} }

// Snapshot returns the sums so far.
func (t *Totals) Snapshot() Snapshot {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.now
	s.Loaders = maps.Clone(s.Loaders)
	return s
}

// String returns the sums as JSON, as expvar wants it.
func (t *Totals) String() string {
	text, err := json.Marshal(t.Snapshot())
	if err != nil {
		panic(err) // it has numbers only
	}
	return string(text)
}

// totalled is a Totals as one scheduler sees it.
type totalled struct {
	sums
	totals *Totals
	known  bool // it is counted among the requests
}

func (o *totalled) LoaderMade(l *dataloader.LoaderInfo) { o.made(l) }

func (o *totalled) BatchStarting(ctx context.Context, _ *dataloader.BatchInfo) context.Context {
	return ctx
}

func (o *totalled) BatchEnded(*dataloader.BatchInfo) {}

func (o *totalled) Entered(s *scheduler.Scheduler, _ scheduler.Entry, _ context.Context) {
	o.only(s)
}

func (o *totalled) Left(_ *scheduler.Scheduler, by scheduler.Entry, _ error) {
	if by == scheduler.ByNested {
		return
	}
	t := o.totals
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.now.Loaders == nil {
		t.now.Loaders = map[string]dataloader.Stats{}
	}
	if !o.known {
		o.known = true
		t.now.Requests++
	}
	loop := o.grown(func(l *dataloader.LoaderInfo, more dataloader.Stats) {
		t.now.Loaders[l.Name] = t.now.Loaders[l.Name].Add(more)
	})
	t.now.Scheduler = t.now.Scheduler.Add(loop)
}
