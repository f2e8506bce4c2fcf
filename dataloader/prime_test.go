package dataloader_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// Whatever already has the key keeps it, and whatever kind of prime comes second changes nothing.
func TestPrimeNeverOverwrites(t *testing.T) {
	type loader = dataloader.Loader[int, int]
	firsts := map[string]func(*testing.T, *scheduler.Scheduler, *loader){
		"primed": func(_ *testing.T, _ *scheduler.Scheduler, l *loader) { l.Prime(1, 1) },
		"queued": func(_ *testing.T, _ *scheduler.Scheduler, l *loader) { l.Load(1) },
		"loaded": func(t *testing.T, s *scheduler.Scheduler, l *loader) { l.Load(1); run(t, s) },
	}
	seconds := map[string]func(*scheduler.Scheduler, *loader){
		"Prime":        func(_ *scheduler.Scheduler, l *loader) { l.Prime(1, 99) },
		"PrimeError":   func(_ *scheduler.Scheduler, l *loader) { l.PrimeError(1, errBoom) },
		"PrimePromise": func(s *scheduler.Scheduler, l *loader) { l.PrimePromise(1, promise.Resolve(s, 99)) },
	}
	for firstName, first := range firsts {
		for secondName, second := range seconds {
			t.Run(firstName+", then "+secondName, func(t *testing.T) {
				s := scheduler.New()
				users := dataloader.New(s, echo(&batches[int]{}))

				first(t, s, users)
				second(s, users)

				require.Equal(t, 1, await(t, users.Load(1)))
				run(t, s)
			})
		}
	}
}

func TestPrimeDoesNotOverwriteAPrimedOrCachedError(t *testing.T) {
	s := scheduler.New()
	users := dataloader.New(s, failOdd(&batches[int]{}))
	users.PrimeError(2, errBoom)
	awaitErr(t, users.Load(1))

	users.Prime(1, 1).Prime(2, 2)

	require.EqualError(t, awaitErr(t, users.Load(1)), "Odd: 1")
	require.ErrorIs(t, awaitErr(t, users.Load(2)), errBoom)
}

func TestClearMakesRoomForAPrime(t *testing.T) {
	s := scheduler.New()
	var b batches[int]
	users := dataloader.New(s, echo(&b))
	await(t, users.Load(1))

	users.Clear(1).Prime(1, 100)

	require.Equal(t, 100, await(t, users.Load(1)))
	require.Equal(t, [][]int{{1}}, b.all())
}

// The queued load asked the source and gets its answer; the prime is for those who ask later.
func TestPrimeAfterClearOfAQueuedKeyServesLaterLoads(t *testing.T) {
	s := scheduler.New()
	var b batches[int]
	users := dataloader.New(s, echo(&b))
	queued := users.Load(1)

	users.Clear(1).Prime(1, 100)
	primed := users.Load(1)
	run(t, s)

	require.Equal(t, 1, settled(t, queued))
	require.Equal(t, 100, settled(t, primed))
	require.Equal(t, 100, await(t, users.Load(1)), "the batch's answer must not replace the primed value")
	require.Equal(t, [][]int{{1}}, b.all())
}

// A primed error is knowledge, not a failure of anything that ran: it is nobody's loss until somebody loads it.
func TestPrimedErrorIsUnhandledOnlyWhenLoadedAndIgnored(t *testing.T) {
	s := scheduler.New()
	users := dataloader.New(s, echo(&batches[int]{}))
	users.PrimeError(1, errBoom).PrimeError(2, errBoom)
	require.NoError(t, s.Run(t.Context()), "nobody loaded it")

	handled := observe(users.Load(1))
	require.NoError(t, s.Run(t.Context()), "it was looked at")
	require.ErrorIs(t, handled.Err, errBoom)

	users.Load(2)
	var unhandled *promise.UnhandledError
	require.ErrorAs(t, s.Run(t.Context()), &unhandled, "it was loaded and ignored")
	require.ErrorIs(t, unhandled, errBoom)
}

func TestPrimedErrorIgnoredInItsFirstRunIsReported(t *testing.T) {
	s := scheduler.New()
	users := dataloader.New(s, echo(&batches[int]{}))
	users.PrimeError(1, errBoom).Load(1)

	require.ErrorIs(t, s.Run(t.Context()), errBoom)
}

func TestPrimedErrorInALoadManyIsHandledByIt(t *testing.T) {
	s := scheduler.New()
	users := dataloader.New(s, echo(&batches[int]{}))
	users.PrimeError(1, errBoom)

	all := observe(users.LoadMany([]int{1, 2}))
	require.NoError(t, s.Run(t.Context()))
	require.ErrorIs(t, all.Err, errBoom)

	results := await(t, users.LoadSettled([]int{1, 2}))
	require.ErrorIs(t, results[0].Err, errBoom)
	require.Equal(t, 2, results[1].Value)
}

// A nil error would make a promise that is rejected and says nothing about why.
func TestPrimeErrorWithNilSaysSo(t *testing.T) {
	s := scheduler.New()
	users := dataloader.New(s, echo(&batches[int]{}))
	users.PrimeError(1, nil)

	require.ErrorIs(t, awaitErr(t, users.Load(1)), promise.ErrNilReason)
}

func TestPrimePromiseIsServedAsItIs(t *testing.T) {
	s := scheduler.New()
	var b batches[int]
	users := dataloader.New(s, echo(&b))
	p, r := promise.WithResolvers[int](s)
	require.Same(t, users, users.PrimePromise(1, p))

	got := users.Load(1)
	require.Same(t, p, got)
	run(t, s)
	require.Equal(t, promise.Pending, got.State())

	r.Resolve(100)
	run(t, s)
	require.Equal(t, 100, settled(t, users.Load(1)))
	require.Empty(t, b.all())
}

func TestPrimePromiseWithARejectedOne(t *testing.T) {
	s := scheduler.New()
	var b batches[int]
	users := dataloader.New(s, echo(&b), dataloader.WithoutErrorCache())
	p := promise.Reject[int](s, errBoom)
	users.PrimePromise(1, p)

	// No batch of the loader's own failed, so there is none that could evict it.
	require.ErrorIs(t, awaitErr(t, users.Load(1)), errBoom)
	require.ErrorIs(t, awaitErr(t, users.Load(1)), errBoom)
	run(t, s)
	require.Empty(t, b.all())
}

// A promise of another request's loop may be settled on another goroutine; the value must come over without a race.
func TestPrimePromiseOfAnotherScheduler(t *testing.T) {
	s, other := scheduler.New(), scheduler.New()
	users := dataloader.New(s, echo(&batches[int]{}))
	p, r := promise.WithResolvers[int](other)
	users.PrimePromise(1, p)
	got := users.Load(1)
	require.Same(t, s, got.Scheduler())
	ctx := t.Context()
	ended := make(chan error)
	go func() {
		r.Resolve(100)
		ended <- other.Run(ctx)
	}()

	require.Equal(t, 100, await(t, got))
	require.NoError(t, <-ended)
}

func TestPrimeInACallbackSparesTheBatch(t *testing.T) {
	s := scheduler.New()
	var posts, users batches[int]
	postLoader := dataloader.New(s, echo(&posts))
	userLoader := dataloader.New(s, echo(&users))

	author := postLoader.Load(1).Then(func(post int) *promise.Promise[int] {
		return userLoader.Prime(post, 100).Load(post)
	})

	require.Equal(t, 100, await(t, author))
	require.Empty(t, users.all())
}
