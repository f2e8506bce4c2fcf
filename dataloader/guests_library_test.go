package dataloader_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// errCanceled is the cause of a context that a goroutine of a program ended for all.
var errCanceled = errors.New("canceled")

// guestWorld runs a program with the library.
type guestWorld struct {
	s       *scheduler.Scheduler
	loaders [2]*dataloader.Loader[int, int]
	sent    [2]batches[int]
	cancel  context.CancelCauseFunc
	root    *watchedGroup
	onBatch func() // called in each batch function, unless nil

	mu     sync.Mutex
	notes  map[int][]string
	faults []string  // what was seen to be wrong
	last   time.Time // when a goroutine last had a result
}

// starter is the group of a guest: scheduler.Group, or a handGroup.
type starter interface {
	Go(f func(ctx context.Context) error)
}

// watchedGroup is a group with what its funcs did.
type watchedGroup struct {
	starter
	parent   *watchedGroup
	limit    int
	running  int
	happened []error // the errors of its funcs
	ends     []error // what its ctx may end with
}

// handGroup counts its guests itself, as an executor does that was not made for this library.
type handGroup struct {
	s      *scheduler.Scheduler
	ctx    context.Context
	cancel context.CancelCauseFunc
	all    sync.WaitGroup
}

func (h *handGroup) Go(f func(ctx context.Context) error) {
	h.s.Announce(1)
	h.all.Add(1)
	go func() {
		err := scheduler.ErrGoexit // unless f returns or panics
		defer func() {
			if r := recover(); r != nil {
				err, _ = r.(error)
			}
			if err != nil {
				h.cancel(err)
			}
			h.s.Retire(1)
			h.all.Done()
		}()
		err = f(scheduler.NewGuestContext(h.ctx, h.s))
	}()
}

func newGuestWorld(cfg guestConfig) *guestWorld {
	w := &guestWorld{s: scheduler.New(), notes: map[int][]string{}}
	if cfg.lockstep {
		w.s = scheduler.New(scheduler.WithPolicy(scheduler.Lockstep))
	}
	whole := func(loader int, keys []int) bool {
		w.sent[loader].add(keys)
		if w.onBatch != nil {
			w.onBatch()
		}
		return cfg.failWhole && slices.Contains(keys, poisonousKey)
	}
	options := func(loader int) (opts []dataloader.Option) {
		if cfg.inline[loader] {
			opts = append(opts, dataloader.WithInline())
		}
		return append(opts, dataloader.WithMaxBatchSize(cfg.maxBatch[loader]))
	}
	w.loaders[0] = dataloader.New(w.s, func(_ context.Context, keys []int) ([]int, error) {
		if whole(0, keys) {
			return nil, errBoom
		}
		values, errs := make([]int, len(keys)), make(dataloader.Errors, len(keys))
		for i, k := range keys {
			values[i] = guestValue(0, k)
			if k%7 == missingKey {
				errs[i] = errBoom
			}
		}
		return values, errs
	}, options(0)...)
	w.loaders[1] = dataloader.NewMapped(w.s, func(_ context.Context, keys []int) (map[int]int, error) {
		if whole(1, keys) {
			return nil, errBoom
		}
		values := map[int]int{}
		for _, k := range keys {
			if k%7 != missingKey {
				values[k] = guestValue(1, k)
			}
		}
		return values, nil
	}, options(1)...)
	return w
}

// run runs the program to its end, and leaves nothing on the scheduler. Each of ends is a cause that ctx may end with.
func (w *guestWorld) run(ctx context.Context, p *guestProgram, ends ...error) error {
	// A program that does not end is the worst that can happen, and no test framework would say which one it was.
	watchdog := time.AfterFunc(time.Minute, func() {
		stacks := make([]byte, 1<<20)
		panic(fmt.Sprintf("this program does not end:\n%s\n%s", p, stacks[:runtime.Stack(stacks, true)]))
	})
	defer watchdog.Stop()
	ctx, w.cancel = context.WithCancelCause(scheduler.NewContext(ctx, w.s))
	defer w.cancel(nil)
	var err error
	group := func() {
		g := scheduler.NewGroup(ctx)
		w.root = &watchedGroup{starter: g, ends: ends}
		w.start(g, w.root, p.cfg.limit, p.bodies)
		err = g.Wait()
	}
	switch p.cfg.driver {
	case driveByWait:
		group()
	case driveInAsync:
		promise.Async(w.s, func(context.Context) (int, error) { group(); return 0, nil })
	case driveInCallback:
		w.s.Enqueue(scheduler.JobFunc(group))
	case driveByHand:
		h := &handGroup{s: w.s}
		h.ctx, h.cancel = ctx, w.cancel
		w.root = &watchedGroup{starter: h, ends: ends}
		release := w.s.Hold()
		w.start(nil, w.root, 0, p.bodies)
		go func() {
			h.all.Wait()
			err = context.Cause(ctx)
			release()
		}()
	}
	if runErr := w.s.Run(context.Background()); runErr != nil {
		return fmt.Errorf("Run: %w", runErr)
	}
	w.mayReturn(w.root, err)
	if d := w.s.Dump(); d.Jobs+len(d.TickEnd)+len(d.Operations)+len(d.Suspended)+len(d.Holds)+d.Calls+d.Guests != 0 {
		w.fault("left behind: %v", d)
	}
	if stats := w.s.Stats(); stats.Forced != 0 {
		w.fault("%d ticks were forced", stats.Forced)
	}
	return nil
}

func (w *guestWorld) start(g *scheduler.Group, in *watchedGroup, limit int, bodies []*guestBody) {
	if limit > 0 && g != nil {
		in.limit = limit
		g.SetLimit(limit)
	}
	for _, b := range bodies {
		w.begin(in, b)
	}
}

func (w *guestWorld) begin(in *watchedGroup, b *guestBody) {
	in.Go(func(ctx context.Context) error {
		g := &libraryGuest{w: w, ctx: ctx, group: in}
		g.runs(1)
		defer g.runs(-1)
		return perform(g, b)
	})
}

func (w *guestWorld) fault(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.faults = append(w.faults, fmt.Sprintf(format, args...))
}

// mayReturn checks what a group's Wait returned: nil if nothing failed, else something that did. A context that ended is
// no failure of the group by itself.
func (w *guestWorld) mayReturn(in *watchedGroup, err error) {
	w.mu.Lock()
	var may []error
	for g := in; g != nil; g = g.parent {
		may = slices.Concat(may, g.happened, g.ends)
	}
	must := len(in.happened) > 0
	w.mu.Unlock()
	if err == nil && must {
		w.fault("Wait returned nil after %v", may)
	}
	if err != nil && !slices.ContainsFunc(may, func(e error) bool { return errors.Is(err, e) }) {
		w.fault("Wait returned %v, which is none of %v", err, may)
	}
}

// differences compares what the library did with what the model says.
func (w *guestWorld) differences(p *guestProgram, m *guestModel) []string {
	diff := slices.Clone(w.faults)
	differ := func(format string, args ...any) { diff = append(diff, fmt.Sprintf(format, args...)) }
	if !p.cfg.failWhole && !maps.EqualFunc(m.notes, w.notes, slices.Equal) {
		differ("results:\nwant %v\ngot  %v", m.notes, w.notes)
	}
	for i := range w.sent {
		got, want := w.sent[i].all(), m.loaders[i].batches
		if !p.cfg.exact() {
			// When the results come decides on the batches, but each key is sent, once.
			if flat := slices.Sorted(slices.Values(slices.Concat(got...))); !p.cfg.failWhole &&
				!slices.Equal(flat, slices.Sorted(slices.Values(slices.Concat(want...)))) {
				differ("keys of loader %d: want %v, got %v", i, want, got)
			}
			continue
		}
		if got = joinCut(got, want, p.cfg.maxBatch[i]); !slices.EqualFunc(want, got, slices.Equal) {
			differ("batches of loader %d:\nwant %v\ngot  %v", i, want, got)
		}
	}
	if rounds := w.s.Stats().Rounds; p.cfg.exact() && rounds != uint64(m.rounds) {
		differ("want %d rounds, got %d", m.rounds, rounds)
	}
	return diff
}

// joinCut puts together the batches that a round was cut into, in the sizes that want has. Which key is in which part is
// luck, but the parts are full except for the last. Parts that are not as they should be stay as they are.
func joinCut(got, want [][]int, size int) (joined [][]int) {
	for _, w := range want {
		var whole []int
		for len(got) > 0 && len(whole) < len(w) && (len(whole) == 0 || size > 0) {
			whole, got = append(whole, got[0]...), got[1:]
		}
		slices.Sort(whole)
		joined = append(joined, whole)
	}
	return append(joined, got...)
}
