package scheduler_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/scheduler"
)

func TestContextCarriesAScheduler(t *testing.T) {
	type key struct{}
	outer, inner := scheduler.New(), scheduler.New()
	ctx := scheduler.NewContext(context.WithValue(t.Context(), key{}, "kept"), outer)
	got, ok := scheduler.FromContext(ctx)
	require.True(t, ok)
	require.Same(t, outer, got)
	require.Equal(t, "kept", ctx.Value(key{}))

	nested, cancel := context.WithCancel(scheduler.NewContext(ctx, inner))
	defer cancel()
	got, ok = scheduler.FromContext(nested)
	require.True(t, ok)
	require.Same(t, inner, got, "the innermost wins, and derived contexts see it")
	got, _ = scheduler.FromContext(ctx)
	require.Same(t, outer, got, "the outer one is as it was")
}

func TestContextWithoutAScheduler(t *testing.T) {
	got, ok := scheduler.FromContext(t.Context())
	require.False(t, ok)
	require.Nil(t, got)
}

func TestOperationsFindTheSchedulerThatWasPutIntoRunsCtx(t *testing.T) {
	s := scheduler.New()
	var found *scheduler.Scheduler
	s.Go(func(ctx context.Context) func() {
		got, _ := scheduler.FromContext(ctx)
		return func() { found = got }
	})
	require.NoError(t, s.Run(scheduler.NewContext(t.Context(), s)))
	require.Same(t, s, found)
}
