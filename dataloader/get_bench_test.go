package dataloader_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// BenchmarkGet is a thousand goroutines of a Group that load a key each, in one batch; the figure is for one of them.
func BenchmarkGet(b *testing.B) {
	const n = 1000
	b.ReportAllocs()
	for b.Loop() {
		s := scheduler.New()
		users := dataloader.New(s, echo(&batches[int]{}))
		g := scheduler.NewGroup(scheduler.NewContext(b.Context(), s))
		for i := range n {
			g.Go(func(ctx context.Context) error {
				_, err := dataloader.Get(ctx, users, i)
				return err
			})
		}
		require.NoError(b, g.Wait())
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/load")
}

// BenchmarkGetHit is one goroutine that loads what is cached, while the loop waits.
func BenchmarkGetHit(b *testing.B) {
	for name, get := range map[string]func(context.Context, *dataloader.Loader[int, int]) (int, error){
		"Get": func(ctx context.Context, users *dataloader.Loader[int, int]) (int, error) {
			return dataloader.Get(ctx, users, 7)
		},
		"Call": func(ctx context.Context, users *dataloader.Loader[int, int]) (int, error) {
			return promise.Call(ctx, func() *promise.Promise[int] { return users.Load(7) })
		},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			s := scheduler.New()
			users := dataloader.New(s, echo(&batches[int]{}))
			g := scheduler.NewGroup(scheduler.NewContext(b.Context(), s))
			g.Go(func(ctx context.Context) error {
				for b.Loop() {
					if _, err := get(ctx, users); err != nil {
						return err
					}
				}
				return nil
			})
			require.NoError(b, g.Wait())
		})
	}
}
