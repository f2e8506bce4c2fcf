package dataloader_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// A call that stands in for a parked loop may leave it something to wait for, of which the loop has not heard: it has to
// look again. Here another guest is active for long, so nothing else wakes it.
func TestWhatACallLeavesToAParkedLoopIsDone(t *testing.T) {
	for name, row := range map[string]struct {
		call func(s *scheduler.Scheduler) *promise.Promise[int]
		want error
	}{
		"a timeout": {func(s *scheduler.Scheduler) *promise.Promise[int] {
			return neverSettled(s).Timeout(time.Second)
		}, promise.ErrTimeout},
		"a delay": {func(s *scheduler.Scheduler) *promise.Promise[int] {
			return promise.Delay(s, time.Second, 1)
		}, nil},
		"a promise of a loop that nobody drives": {func(*scheduler.Scheduler) *promise.Promise[int] {
			return promise.Resolve(scheduler.New(), 1)
		}, promise.ErrForeign},
		"a job": {func(s *scheduler.Scheduler) *promise.Promise[int] {
			return promise.Resolve(s, 1).Tap(func(int) {})
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := scheduler.New()
				s.Announce(2) // this one, and the other
				stop := serve(t, s)
				synctest.Wait()
				ctx, cancel := context.WithTimeout(scheduler.NewGuestContext(t.Context(), s), time.Hour)
				defer cancel()
				_, err := promise.CallBrief(ctx, s, func() *promise.Promise[int] { return row.call(s) })
				require.ErrorIs(t, err, row.want)
				s.Retire(2)
				require.NoError(t, stop())
			})
		})
	}
}

// The call is over at once, since its own key was there. It has also asked for another one, and nobody waits for that.
func TestABatchThatNobodyWaitsForGoesOutOfAParkedLoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scheduler.New()
		var b batches[int]
		users := dataloader.New(s, echo(&b)).Prime(1, 1)
		stop := serve(t, s)
		synctest.Wait()
		_, err := promise.CallBrief(t.Context(), s, func() *promise.Promise[int] {
			users.Load(2)
			return users.Load(1)
		})
		require.NoError(t, err)
		synctest.Wait()
		require.Equal(t, [][]int{{2}}, b.all())
		require.NoError(t, stop())
	})
}
