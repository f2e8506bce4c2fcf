package promise_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// A coroutine has a stack of its own, on which no loop is to be seen: it must not be taken for a second goroutine. And what
// runs inside a loop that it drives is not the coroutine, so an Await there must not suspend it.
func TestAnAsyncFunctionMayDriveTheLoopItself(t *testing.T) {
	s := scheduler.New()
	p, r := promise.WithResolvers[int](s)
	var inner int
	q := promise.Async(s, func(ctx context.Context) (int, error) {
		done := false
		promise.Resolve(s, 1).Tap(func(int) {
			s.Post(func() { r.Resolve(2) })
			inner, _ = p.Await(ctx)
			done = true
		})
		err := s.RunUntil(ctx, func() bool { return done })
		return 3, err
	})
	require.NoError(t, s.Run(t.Context()))
	v, err, _ := q.Result()
	require.NoError(t, err)
	require.Equal(t, 3, v)
	require.Equal(t, 2, inner)
}

// Loads that are cached are settled already. An Async function that awaits nothing else must not keep the loop to itself,
// nor escape its ctx.
func TestAnAsyncFunctionThatOnlyAwaitsWhatIsSettledLetsOthersRunAndCanBeStopped(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	s := scheduler.New()
	settled := promise.Resolve(s, 1)
	spinner := promise.Async(s, func(ctx context.Context) (int, error) {
		for {
			if _, err := settled.Await(ctx); err != nil {
				return 0, err
			}
		}
	})
	others := 0
	var other func(int)
	other = func(int) {
		if others++; others == 10 {
			cancel(errBoom)
		}
		settled.Tap(other)
	}
	settled.Tap(other)
	require.ErrorIs(t, s.Run(ctx), errBoom)
	require.GreaterOrEqual(t, others, 10)
	_, err, done := spinner.Result()
	require.True(t, done)
	require.ErrorIs(t, err, errBoom)
}
