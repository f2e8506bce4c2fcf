// What a request cost, for the response's extensions: an observer of the loop that notes each batch, and the statements
// that the batch functions send.
package main

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/scheduler"
)

// maxKeys is how many keys of a batch the answer shows.
const maxKeys = 100

// report is extensions.batches.
type report struct {
	Rounds     uint64                 `json:"rounds"`
	Statements int                    `json:"statements"`
	Naive      bool                   `json:"naive"`
	Micros     int64                  `json:"micros"`
	Batches    []batch                `json:"batches"`
	Loaders    map[string]loaderStats `json:"loaders"`
}

type batch struct {
	Loader      string   `json:"loader"`
	Round       uint64   `json:"round"` // 0 for a statement that no loader has sent
	Size        int      `json:"size"`
	Keys        []string `json:"keys"`
	StartMicros int64    `json:"startMicros"`
	Micros      int64    `json:"micros"`
	SQL         string   `json:"sql"`
	Statements  int      `json:"statements"`
	Error       string   `json:"error"`
}

type loaderStats struct {
	Loads   uint64 `json:"loads"`
	Hits    uint64 `json:"hits"`
	Batches uint64 `json:"batches"`
	Keys    uint64 `json:"keys"`
}

// record collects. Batch functions run in goroutines of their own, hence the lock.
type record struct {
	start time.Time

	mu         sync.Mutex
	statements int
	batches    []*batch
	running    map[*dataloader.BatchInfo]*batch
}

func newRecord() *record {
	return &record{start: time.Now(), running: map[*dataloader.BatchInfo]*batch{}}
}

type (
	recordKey struct{}
	batchKey  struct{}
)

// Entered implements scheduler.Observer.
func (r *record) Entered(*scheduler.Scheduler, scheduler.Entry, context.Context) {}

// Left implements scheduler.Observer.
func (r *record) Left(*scheduler.Scheduler, scheduler.Entry, error) {}

// LoaderMade implements dataloader.Observer.
func (r *record) LoaderMade(*dataloader.LoaderInfo) {}

// BatchStarting implements dataloader.Observer: it gives the batch function a context that leads its statements here.
func (r *record) BatchStarting(ctx context.Context, info *dataloader.BatchInfo) context.Context {
	b := r.begin(info.Loader.Name, info.Round, info.Size, keyStrings(info.Keys))
	r.mu.Lock()
	b.StartMicros = info.Queued.Add(info.Waited).Sub(r.start).Microseconds()
	r.running[info] = b
	r.mu.Unlock()
	return context.WithValue(ctx, batchKey{}, b)
}

// BatchEnded implements dataloader.Observer.
func (r *record) BatchEnded(info *dataloader.BatchInfo) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if b := r.running[info]; b != nil {
		b.Micros = info.Took.Microseconds()
		if info.Err != nil {
			b.Error = visible(info.Err).Error()
		}
	}
}

// recordStatement notes a statement, with its batch if a loader has sent it, on its own if not. The caller calls done.
func recordStatement(ctx context.Context, name, query string, args []any) (done func(error)) {
	r, ok := ctx.Value(recordKey{}).(*record)
	if !ok {
		return func(error) {}
	}
	b, ofLoader := ctx.Value(batchKey{}).(*batch)
	if !ofLoader {
		b = r.begin(name, 0, 1, []string{strings.Trim(fmt.Sprint(args[1:]), "[]")})
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.statements++
	b.Statements++
	b.SQL = strings.TrimSpace(query)
	return func(err error) {
		if ofLoader {
			return
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		b.Micros = time.Since(r.start).Microseconds() - b.StartMicros
		if err != nil {
			b.Error = err.Error()
		}
	}
}

func (r *record) begin(loader string, round uint64, size int, keys []string) *batch {
	r.mu.Lock()
	defer r.mu.Unlock()
	b := &batch{
		Loader: loader, Round: round, Size: size, Keys: keys, StartMicros: time.Since(r.start).Microseconds(),
	}
	r.batches = append(r.batches, b)
	return b
}

// report is what was noted so far. A batch that was given up may be running still, so its numbers are copied.
func (r *record) report(rounds uint64, naive bool, loaders map[string]dataloader.Stats) report {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := report{
		Rounds: rounds, Statements: r.statements, Naive: naive, Micros: time.Since(r.start).Microseconds(),
		Batches: make([]batch, 0, len(r.batches)), Loaders: make(map[string]loaderStats, len(loaders)),
	}
	for _, b := range r.batches {
		out.Batches = append(out.Batches, *b)
	}
	for name, s := range loaders {
		if s.Loads > 0 {
			out.Loaders[name] = loaderStats{s.Loads, s.Hits, s.Batches, s.Keys}
		}
	}
	return out
}

// keyStrings shows the first keys of a []K.
func keyStrings(keys any) []string {
	v := reflect.ValueOf(keys)
	shown := make([]string, min(v.Len(), maxKeys))
	for i := range shown {
		shown[i] = fmt.Sprint(v.Index(i).Interface())
	}
	return shown
}

// String shows the key in extensions.batches.
func (l List) String() string { return fmt.Sprintf("%d first %d", l.Owner, l.First) }
