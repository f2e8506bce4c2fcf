package dataloader_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// witness is an observer that writes down what it is told.
type witness struct {
	mu       sync.Mutex
	made     []string
	starting []*dataloader.BatchInfo
	ended    []*dataloader.BatchInfo
	driven   []string
}

func (w *witness) Entered(_ *scheduler.Scheduler, by scheduler.Entry, _ context.Context) {
	w.driven = append(w.driven, fmt.Sprint("in ", by))
}

func (w *witness) Left(_ *scheduler.Scheduler, by scheduler.Entry, err error) {
	w.driven = append(w.driven, fmt.Sprint("out ", by, " ", err))
}

func (w *witness) LoaderMade(l *dataloader.LoaderInfo) { w.made = append(w.made, l.Name) }

type seen struct{}

func (w *witness) BatchStarting(ctx context.Context, b *dataloader.BatchInfo) context.Context {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.starting = append(w.starting, b)
	return context.WithValue(ctx, seen{}, b)
}

func (w *witness) BatchEnded(b *dataloader.BatchInfo) { w.ended = append(w.ended, b) }

// line is a batch in short: its loader, its keys, and the batches that led to it.
func line(b *dataloader.BatchInfo) string {
	var after []string
	for _, a := range b.After {
		after = append(after, fmt.Sprint(a.Loader.Name, a.Keys))
	}
	slices.Sort(after)
	text := fmt.Sprintf("%d: %s%v", b.Round, b.Loader.Name, b.Keys)
	if len(after) > 0 {
		text += " after " + strings.Join(after, " ")
	}
	return text
}

func lines(bs []*dataloader.BatchInfo) []string {
	var all []string
	for _, b := range bs {
		all = append(all, line(b))
	}
	slices.Sort(all)
	return all
}

func TestAnObserverSeesEveryBatch(t *testing.T) {
	for name, inline := range map[string][]dataloader.Option{"goroutine": nil, "inline": {dataloader.WithInline()}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := &witness{}
				s := scheduler.New(scheduler.WithObserver(w))
				var given []*dataloader.BatchInfo
				opts := append([]dataloader.Option{
					dataloader.WithName("users"), dataloader.WithMaxBatchSize(3), dataloader.WithMaxConcurrency(1),
				}, inline...)
				users := dataloader.New(s, func(ctx context.Context, keys []int) ([]int, error) {
					given = append(given, ctx.Value(seen{}).(*dataloader.BatchInfo))
					time.Sleep(time.Second)
					return keys, nil
				}, opts...)
				start := time.Now()
				users.LoadMany([]int{1, 2, 3, 4, 1})
				run(t, s)

				require.Equal(t, []string{"users"}, w.made)
				require.Equal(t, w.starting, given, "the batch function's ctx is the observer's")
				require.Equal(t, w.starting, w.ended)
				require.Len(t, w.ended, 2)
				first, second := *w.ended[0], *w.ended[1]
				require.Same(t, first.Loader, second.Loader)
				first.Loader, second.Loader = nil, nil
				require.Equal(t, dataloader.BatchInfo{
					Round: 1, Keys: []int{1, 2, 3}, Size: 3, Part: 1, Parts: 2, Loads: 5, Hits: 1, Queued: start, Took: time.Second,
				}, first)
				require.Equal(t, dataloader.BatchInfo{
					Round: 1, Keys: []int{4}, Size: 1, Part: 2, Parts: 2, Queued: start, Waited: time.Second, Took: time.Second,
				}, second)
			})
		})
	}
}

// Two batches end in one tick. Which of them led to which key is still known, however long the chains are.
func TestAnObserverSeesWhatLedToABatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &witness{}
		s := scheduler.New(scheduler.WithObserver(w))
		named := func(name string) *dataloader.Loader[int, int] {
			return dataloader.New(s, echo(&batches[int]{}), dataloader.WithName(name), dataloader.WithInline())
		}
		a, b, c, d, e := named("a"), named("b"), named("c"), named("d"), named("e")
		pass := func(v int) (int, error) { return v, nil }
		promise.Map(promise.Map(promise.Map(a.Load(1), pass), pass), pass).Then(c.Load)
		promise.Map(b.Load(2), pass).Then(d.Load)
		b.Load(3).Then(c.Load).Then(d.Load)
		promise.Async(s, func(ctx context.Context) (int, error) {
			v, err := b.Load(4).Await(ctx)
			require.NoError(t, err)
			return e.Load(v).Await(ctx)
		})
		s.AfterFunc(time.Hour, func() { e.Load(9) }) // nothing led to this one
		run(t, s)

		require.Equal(t, []string{
			"1: a[1]", "1: b[2 3 4]",
			"2: c[3 1] after a[1] b[2 3 4]", "2: d[2] after b[2 3 4]", "2: e[4] after b[2 3 4]",
			"3: d[3] after c[3 1]",
			"4: e[9]",
		}, lines(w.ended))
	})
}

func TestMarksOfOriginsDie(t *testing.T) {
	s := scheduler.New(scheduler.WithObserver(&witness{}))
	users := dataloader.New(s, echo(&batches[int]{}), dataloader.WithInline())
	for i := range 100 {
		users.Load(i).Then(func(v int) *promise.Promise[int] { return users.Load(v + 1000) })
		run(t, s)
	}

	require.Less(t, s.Stats().Jobs, uint64(1000), "marks are no jobs")
	require.EqualValues(t, 200, s.Stats().Rounds)
}

func TestAnObserverSeesFailures(t *testing.T) {
	w := &witness{}
	s := scheduler.New(scheduler.WithObserver(w))
	users := dataloader.New(s, failing(&batches[int]{}, errBoom), dataloader.WithName("users"))
	odd := dataloader.New(s, failOdd(&batches[int]{}), dataloader.WithName("odd"))
	await(t, users.LoadSettled([]int{1, 2}))
	await(t, odd.LoadSettled([]int{1, 2, 3}))

	require.ErrorIs(t, w.ended[0].Err, errBoom)
	require.Equal(t, 2, w.ended[0].FailedKeys)
	require.NoError(t, w.ended[1].Err)
	require.Equal(t, 2, w.ended[1].FailedKeys)
}

func TestAnObserverSeesABatchThatWasNeverStarted(t *testing.T) {
	w := &witness{}
	s := scheduler.New(scheduler.WithObserver(w))
	users := dataloader.New(s, echo(&batches[int]{}), dataloader.WithName("users"))
	users.Load(1)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, s.Run(ctx), context.Canceled)

	require.Empty(t, w.starting)
	require.Len(t, w.ended, 1)
	require.ErrorIs(t, w.ended[0].Err, context.Canceled)
}

type clumsy struct{ witness }

func (*clumsy) BatchEnded(*dataloader.BatchInfo) { panic(errBoom) }

func TestAnObserverThatPanicsHarmsNoLoad(t *testing.T) {
	s := scheduler.New(scheduler.WithObserver(&clumsy{}))
	users := dataloader.New(s, echo(&batches[int]{}), dataloader.WithMaxConcurrency(1), dataloader.WithMaxBatchSize(1))
	all := users.LoadMany([]int{1, 2, 3})
	err := s.Run(t.Context())

	require.ErrorIs(t, err, errBoom)
	v, err := all.Await(t.Context())
	require.NoError(t, err)
	require.Equal(t, []int{1, 2, 3}, v)
}

func TestAnObserverSeesWhoDrives(t *testing.T) {
	w := &witness{}
	s := scheduler.New(scheduler.WithObserver(w))
	users := dataloader.New(s, echo(&batches[int]{}))
	_, err := users.Load(1).Await(t.Context())
	require.NoError(t, err)
	s.Enqueue(scheduler.JobFunc(func() {
		_, err := users.Load(2).Await(t.Context())
		require.NoError(t, err)
	}))
	run(t, s)
	require.NoError(t, s.Close())

	require.Equal(t, []string{
		"in 1", "out 1 <nil>",
		"in 0", "in 2", "out 2 <nil>", "out 0 <nil>",
		"in 3", "out 3 <nil>",
	}, w.driven)
}

type shy struct{ witness }

func (*shy) Entered(*scheduler.Scheduler, scheduler.Entry, context.Context) { panic(errBoom) }

// The panic is the caller's to see, and not hidden by a Close that finds the loop still driven.
func TestAnObserverThatPanicsOnTheWayInLeavesTheLoop(t *testing.T) {
	s := scheduler.New(scheduler.WithObserver(&shy{}))
	require.PanicsWithValue(t, errBoom, func() { _ = s.Run(t.Context()) })
	require.False(t, s.Driven())
	require.PanicsWithValue(t, errBoom, func() { _ = s.Close() })
}

// A batch has ended and led to no other. What then comes from elsewhere was not led to by it.
func TestAnObserverSeesThatNothingLedToWhatCameFromElsewhere(t *testing.T) {
	for name, later := range map[string]func(s *scheduler.Scheduler, l *dataloader.Loader[int, int]){
		"a timer": func(s *scheduler.Scheduler, l *dataloader.Loader[int, int]) {
			s.AfterFunc(time.Second, func() { l.Load(2) })
		},
		"a post": func(s *scheduler.Scheduler, l *dataloader.Loader[int, int]) {
			release := s.Hold()
			time.AfterFunc(time.Second, func() { s.Post(func() { l.Load(2) }); release() })
		},
		"a call": func(s *scheduler.Scheduler, l *dataloader.Loader[int, int]) {
			release := s.Hold()
			time.AfterFunc(time.Second, func() { _, _ = dataloader.Get(context.Background(), l, 2); release() })
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := &witness{}
				s := scheduler.New(scheduler.WithObserver(w))
				one := dataloader.New(s, echo(&batches[int]{}), dataloader.WithName("one"))
				two := dataloader.New(s, echo(&batches[int]{}), dataloader.WithName("two"))
				one.Load(1).Tap(func(int) {})
				later(s, two)
				run(t, s)
				require.Equal(t, []string{"1: one[1]", "2: two[2]"}, lines(w.ended))
			})
		})
	}
}

// A loader keeps the time of day of its making, and counts from there. Were the two clocks read one after the other, a
// goroutine that loses its processor in between would shift all of the loader's times, and put its batches out of order.
func TestTimesOfDifferentLoadersCanBeCompared(t *testing.T) {
	for range 2000 {
		w := &witness{}
		s := scheduler.New(scheduler.WithObserver(w))
		var moments []time.Time
		for range 10 {
			loader := dataloader.New(s, echo(&batches[int]{}))
			moments = append(moments, time.Now())
			loader.Load(1)
		}
		moments = append(moments, time.Now())
		require.NoError(t, s.Run(t.Context()))
		slices.SortFunc(w.ended, func(a, b *dataloader.BatchInfo) int { return a.Queued.Compare(b.Queued) })
		for i, b := range w.ended {
			require.False(t, b.Queued.Before(moments[i]), "early by %v", moments[i].Sub(b.Queued))
			require.False(t, b.Queued.After(moments[i+1]), "late by %v", b.Queued.Sub(moments[i+1]))
		}
	}
}
