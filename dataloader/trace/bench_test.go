package trace_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/dataloader/trace"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// watched runs b with no observer, and with each that there is.
func watched(b *testing.B, unit string, units int, request func(b *testing.B, s *scheduler.Scheduler)) {
	var totals trace.Totals
	for _, row := range []struct {
		name string
		opts func() []scheduler.Option
	}{
		{"off", func() []scheduler.Option { return nil }},
		{"idle", func() []scheduler.Option { return observe(idle{}) }}, // what the hook costs by itself
		{"recorder", func() []scheduler.Option { return observe(trace.New()) }},
		{"totals", func() []scheduler.Option { return observe(totals.Observer()) }},
		{"slog at info", func() []scheduler.Option { return observe(trace.SlogHandler(discard{})) }},
	} {
		b.Run(row.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				request(b, scheduler.New(row.opts()...))
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*units), "ns/"+unit)
		})
	}
}

func observe(o scheduler.Observer) []scheduler.Option {
	return []scheduler.Option{scheduler.WithObserver(o)}
}

// idle sees everything and does nothing.
type idle struct{}

func (idle) Entered(*scheduler.Scheduler, scheduler.Entry, context.Context) {}
func (idle) Left(*scheduler.Scheduler, scheduler.Entry, error)              {}
func (idle) LoaderMade(*dataloader.LoaderInfo)                              {}
func (idle) BatchEnded(*dataloader.BatchInfo)                               {}
func (idle) BatchStarting(ctx context.Context, _ *dataloader.BatchInfo) context.Context {
	return ctx
}

// BenchmarkBatch is a thousand batches of one key, one after another, and what one of them costs.
func BenchmarkBatch(b *testing.B) {
	const batches = 1000
	watched(b, "batch", batches, func(b *testing.B, s *scheduler.Scheduler) {
		users := dataloader.New(s, fetchFriends, dataloader.WithInline())
		var next func(int) *promise.Promise[int]
		next = func(k int) *promise.Promise[int] {
			if k == batches {
				return promise.Resolve(s, k)
			}
			return promise.Then(users.Load(k), func(int) *promise.Promise[int] { return next(k + 1) })
		}
		next(0)
		require.NoError(b, s.Run(b.Context()))
	})
}

// BenchmarkKey is a batch of ten thousand keys, and what one of them costs.
func BenchmarkKey(b *testing.B) {
	const keys = 10_000
	watched(b, "key", keys, func(b *testing.B, s *scheduler.Scheduler) {
		users := dataloader.New(s, fetchFriends, dataloader.WithInline())
		for k := range keys {
			users.Load(k)
		}
		require.NoError(b, s.Run(b.Context()))
	})
}

// BenchmarkRecord is the recorder's own part of a batch, without the hook's.
func BenchmarkRecord(b *testing.B) {
	const batches = 1000
	info := &dataloader.BatchInfo{}
	ctx := b.Context()
	b.ReportAllocs()
	for b.Loop() {
		rec := trace.New()
		for range batches {
			rec.BatchStarting(ctx, info)
			rec.BatchEnded(info)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*batches), "ns/batch")
}

// The recorder itself allocates nothing for a batch but the room in its two lists.
func TestARecordedBatchCostsItsPlaceInTheLists(t *testing.T) {
	rec := trace.New()
	scheduler.New(scheduler.WithObserver(rec))
	info := &dataloader.BatchInfo{}
	ctx := t.Context()
	const batches = 4096
	allocs := testing.AllocsPerRun(10, func() {
		for range batches {
			rec.BatchStarting(ctx, info)
			rec.BatchEnded(info)
		}
	})
	require.Less(t, allocs, float64(batches)/100)
}
