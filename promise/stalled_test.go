package promise_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

func TestAStalledAsyncFunctionGetsErrStalledAndEnds(t *testing.T) {
	s := scheduler.New()
	never, _ := promise.WithResolvers[int](s)
	before := runtime.NumGoroutine()
	ended := 0
	var ps []*promise.Promise[int]
	for range 10 {
		ps = append(ps, promise.Async(s, func(ctx context.Context) (int, error) {
			defer func() { ended++ }()
			for tries := 0; ; tries++ { // a function that does not give up at once must not hang Run either
				_, err := never.Await(ctx)
				require.ErrorIs(t, err, scheduler.ErrStalled)
				if tries == 3 {
					return 0, err
				}
			}
		}))
	}
	require.ErrorIs(t, s.Run(t.Context()), scheduler.ErrStalled, "nobody handled it")
	for _, p := range ps {
		requireReason(t, scheduler.ErrStalled, p)
	}
	require.Equal(t, 10, ended)
	require.LessOrEqual(t, runtime.NumGoroutine(), before)
}

func TestWhatAStalledAsyncFunctionDoesNextStillRuns(t *testing.T) {
	s := scheduler.New()
	r := &rounds{s: s}
	never, _ := promise.WithResolvers[int](s)
	p := promise.Async(s, func(ctx context.Context) (int, error) {
		if _, err := never.Await(ctx); err != nil {
			return r.load(3).Await(ctx) // a fallback, which takes a whole round
		}
		return 0, nil
	})
	run(t, s)
	requireValue(t, 30, p)
}

func TestAwaitOfWhatCannotHappenIsErrStalled(t *testing.T) {
	s := scheduler.New()
	never, _ := promise.WithResolvers[int](s)
	_, err := never.Await(t.Context())
	require.ErrorIs(t, err, scheduler.ErrStalled)
	require.Greater(t, len(err.Error()), 40, "the text says what was waiting: %s", err)

	var own *promise.Promise[int]
	own = promise.Map(promise.Resolve(s, 1), func(int) (int, error) { return own.Await(context.Background()) })
	run(t, s) // the callback itself is who was told, and who waits for it
	requireReason(t, scheduler.ErrStalled, own)
}

func TestCancellationMakesSuspendedFunctionsReturn(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	s := scheduler.New()
	never, _ := promise.WithResolvers[int](s)
	before := runtime.NumGoroutine()
	var order []string
	p := promise.Async(s, func(context.Context) (int, error) {
		defer func() { order = append(order, "deferred") }()
		for tries := range 3 {
			_, err := never.Await(context.Background())
			order = append(order, fmt.Sprint(tries, " ", err))
		}
		return 0, errOther
	})
	p.Done(nil, func(error) { order = append(order, "caught") })
	s.AtTickEnd(func() { cancel(errBoom) })
	defer s.Hold()()
	require.ErrorIs(t, s.Run(ctx), errBoom)
	require.Equal(t, []string{"0 boom", "1 boom", "2 boom", "deferred", "caught"}, order)
	requireReason(t, errOther, p)
	require.LessOrEqual(t, runtime.NumGoroutine(), before)
}

func TestAnEndOfCtxThatComesTooLateWakesNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scheduler.New()
		first, r := promise.WithResolvers[int](s)
		second := promise.Delay(s, time.Minute, 2)
		ctx, cancel := context.WithCancel(t.Context())
		p := promise.Async(s, func(context.Context) (int, error) {
			v, err := first.Await(ctx)
			require.NoError(t, err, "it was settled before ctx ended")
			w, err := second.Await(context.Background())
			return v + w, err
		})
		s.AtTickEnd(func() {
			r.Resolve(1)
			cancel()
			time.Sleep(time.Second) // by now whatever waits for ctx has done what it does
		})
		run(t, s)
		requireValue(t, 3, p)
	})
}
