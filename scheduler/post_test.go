package scheduler_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/scheduler"
)

func TestAPostAfterTheEndIsServedByTheNextRun(t *testing.T) {
	s, r := scheduler.New(), &record{}
	require.NoError(t, s.Run(t.Context()))
	posted := make(chan struct{})
	go func() {
		s.Post(r.fn("first"))
		s.Post(r.fn("second"))
		close(posted)
	}()
	<-posted
	require.Empty(t, r.events)
	require.NoError(t, s.Run(t.Context()))
	require.Equal(t, []string{"first", "second"}, r.events)
	require.NoError(t, s.Run(t.Context()))
	require.Len(t, r.events, 2, "a post is served once")
}

func TestAPostWakesALoopThatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scheduler.New()
		release := s.Hold()
		result := make(chan error, 1)
		go func() { result <- s.Run(t.Context()) }()
		for i := range 3 {
			synctest.Wait() // the loop has nothing to do and sleeps
			served := make(chan int, 1)
			s.Post(func() { served <- i })
			require.Equal(t, i, <-served)
		}
		s.Post(release)
		require.NoError(t, <-result)
	})
}

func TestAPostWakesALoopThatWaitsForAnOperation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scheduler.New()
		gate := make(chan struct{})
		s.Go(func(context.Context) func() {
			s.Post(func() { close(gate) })
			<-gate
			return nil
		})
		require.NoError(t, s.Run(t.Context()))
	})
}

func TestTheReleaseOfTheLastHoldWakesTheLoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scheduler.New()
		release := s.Hold()
		result := make(chan error, 1)
		go func() { result <- s.Run(t.Context()) }()
		synctest.Wait()
		release()
		require.NoError(t, <-result)
	})
}

func TestAPostBeforeAReleaseIsServedByTheSameRun(t *testing.T) {
	// The promise of Hold: post the result, then let go, and no Run ends between the two.
	s := scheduler.New()
	for i := range 2_000 {
		release := s.Hold()
		served := false
		go func() {
			s.Post(func() { served = true })
			release()
		}()
		require.NoError(t, s.Run(t.Context()))
		require.True(t, served, "round %d", i)
	}
}

func TestNoPostIsLostBetweenTwoRuns(t *testing.T) {
	const posts = 20_000
	s := scheduler.New()
	served := 0
	var poster sync.WaitGroup
	done := make(chan struct{})
	poster.Go(func() {
		defer close(done)
		for range posts {
			s.Post(func() { served++ })
		}
	})
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		require.NoError(t, s.Run(t.Context()))
	}
	poster.Wait()
	require.NoError(t, s.Run(t.Context()))
	require.Equal(t, posts, served)
}

func TestEveryMethodForOtherGoroutinesIsSafeThere(t *testing.T) {
	// For the race detector: Post and release are all that other goroutines may call.
	s := scheduler.New()
	served := 0
	for range 50 {
		release := s.Hold()
		go func() {
			defer release()
			s.Post(func() { served++ })
		}()
	}
	require.NoError(t, s.Run(t.Context()))
	require.Equal(t, 50, served)
}
