package scheduler

import "context"

// Run runs the loop until nothing is left to do: no job, operation, timer, hold or active guest. It may be called again, and
// what was queued meanwhile is then served. The goroutine that calls it is the loop's goroutine while it lasts; a second one
// that calls it meanwhile panics, and a callback that calls it gets ErrNestedRun.
//
// One turn of the loop:
//
//  1. What was posted, and the timers that are due, move into the queue.
//  2. Jobs run, first in, first out, until the queue is empty, those that are enqueued meanwhile included.
//  3. The tick ends, if no guest is active and the policy lets it: the hooks of AtTickEnd run. One registered while they run
//     waits for the next tick end, so what a batch asks for is a batch of its own.
//  4. If that left something to run, the next turn begins.
//  5. Otherwise, if an operation, a timer, a hold or a guest is outstanding, the loop waits for a post, a timer, a guest
//     or ctx.
//  6. Otherwise Run returns.
//
// Step 3 is the reason for all this. The queue is empty exactly when every callback that could run has run, so every key
// that could be asked for has been asked for: a loader that dispatches now can't be too early, and no later moment would
// give it more.
//
// Run returns nil; or an *UnhandledError if promises were rejected and nobody reacted; or context.Cause(ctx) if ctx ended,
// joined with an *UnhandledError if there are rejections that have another reason. In that case the operations in flight end
// with the cause at once and their late results are dropped, suspended coroutines are woken with it, and what all that
// enqueues still runs, for up to a second or sixteen million jobs and ticks, before Run returns. Timers stay for the next
// Run.
func (s *Scheduler) Run(ctx context.Context) error {
	if !s.enter(ctx, ByRun) {
		return ErrNestedRun
	}
	var err error
	defer func() { s.leave(ByRun, err) }()
	err = s.conclude(s.drive(ctx, nil))
	return err
}

// RunUntil runs the loop until done reports true, and then returns nil at once, in the middle of a tick. done is called on
// the loop between any two jobs. If nothing is left to do before, RunUntil returns a *StalledError. Called by a callback
// of the same scheduler it goes on with the loop from there, and ctx then bounds this wait only. Otherwise ctx means what
// it means to Run. Unhandled rejections are left for Run to report.
func (s *Scheduler) RunUntil(ctx context.Context, done func() bool) error {
	if done == nil {
		panic("scheduler: RunUntil(ctx, nil): give it the condition to run until, or use Run")
	}
	if s.enter(ctx, ByUntil) {
		defer s.leave(ByUntil, nil)
		return s.drive(ctx, done)
	}
	s.entered(ByNested, ctx)
	outer := s.current // if a coroutine drives the loop itself, what runs in here is not that coroutine
	s.current = nil
	s.nested++
	defer func() {
		s.nested--
		s.current = outer
		s.loseOrigin()
		s.left(ByNested, nil)
	}()
	return s.drive(ctx, done)
}

// enter makes the caller the loop's goroutine. It reports whether the caller was outside the loop.
func (s *Scheduler) enter(ctx context.Context, by Entry) (outermost bool) {
	if ctx == nil {
		panic(nilContext)
	}
	s.mu.Lock()
	driven := s.driven
	s.driven, s.closed = true, false
	s.mu.Unlock()
	if !driven {
		s.ctx = ctx
		for c := s.asleep.first; c != nil; c = c.link.next {
			c.watch()
		}
		if s.observers != nil {
			told := false
			defer func() {
				if !told { // an observer has panicked: the goroutine is not in the loop after all
					s.exit()
				}
			}()
			s.entered(by, ctx)
			told = true
		}
		return true
	}
	if s.parked.Load() || !onStack(loopFrames...) {
		panic("scheduler: two goroutines drive one scheduler at once: Run, RunUntil or Await was called while another " +
			"goroutine is in Run; make a scheduler for each request, and use Post to reach one from another goroutine")
	}
	return false
}

func (s *Scheduler) leave(by Entry, err error) {
	s.exit()
	s.left(by, err)
}

func (s *Scheduler) exit() {
	s.ctx, s.cause, s.current = nil, nil, nil
	s.loseOrigin()
	s.mu.Lock()
	s.driven = false
	s.mu.Unlock()
}

const nilContext = "scheduler: nil context: use context.Background()"

// drive is the loop. It ends when done reports true, with the cause when a context ends, and when nothing is left.
// wait is the context of the call, which a nested one has of its own.
func (s *Scheduler) drive(wait context.Context, done func() bool) error {
	for stalls := 0; ; {
		if done != nil && done() {
			return nil
		}
		s.collect()
		for first := true; first || s.queue.len() > 0; first = false {
			if err := s.interrupted(wait); err != nil {
				return err
			}
			s.drain(done)
			if done != nil && done() {
				return nil
			}
		}
		s.origin = nil // what comes from elsewhere does not descend from the last job
		busy := s.cause == nil && s.busy()
		if !busy && s.policy.tickMayEnd(s) {
			if s.hosted.Load() && s.inbox.Load() {
				continue // a guest posts its call before it stops counting, so now is the time to look
			}
			s.endTick()
			if s.queue.len() > 0 || s.hooks.len() > 0 {
				continue
			}
		}
		if done != nil && done() {
			return nil
		}
		switch {
		case s.expects(busy):
			if s.cause == nil && s.park(wait, busy) && s.policy.tickMayEnd(s) {
				s.stats.Forced++
				s.endTick()
			}
		case s.cause != nil && s.asleep.count+s.visits.count > 0:
			s.wakeAll(s.cause)
		case s.cause != nil:
			return s.cause
		case done != nil && (s.nested > 0 || s.visits.count == 0):
			return s.stalled()
		case s.asleep.count+s.visits.count == 0:
			return nil
		case s.visits.count > 0:
			s.endVisits(s.stalled()) // and not yet those who may wait for the callers
		case stalls == maxStalls:
			return s.stalled()
		default:
			s.wakeAll(s.stalled())
			stalls++
		}
	}
}

// maxStalls is how often Run tells suspended coroutines that nothing can wake them, before it believes that one of them
// does not listen, and returns.
const maxStalls = 1000

// expects reports whether something is going to happen by itself: a job was posted, or one will be, or a timer will fire.
// Once ctx has ended only what has been posted counts.
func (s *Scheduler) expects(busy bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.posted) > 0 || s.cause != nil {
		return len(s.posted) > 0
	}
	return busy || s.flight.count > 0 || len(s.timers) > 0 || s.holds.count > 0
}

// drainSlice is how many jobs run between two looks at the context.
const drainSlice = 128

// drain runs jobs until the queue is empty, done reports true, or it is time to look at the context. The one deferred
// function here catches what a callback does, in place of one around each callback.
func (s *Scheduler) drain(done func() bool) {
	var job Job
	defer func() {
		if job == nil { // the loop ended, or done panicked, which is the caller's to see
			return
		}
		s.current = nil
		err := ErrGoexit
		r := recover()
		if r != nil {
			err = NewPanicError(r)
		}
		if a, ok := job.(Aborter); ok {
			a.Abort(err)
		} else if r != nil { // Goexit ends the goroutine of Run too, which is report enough
			s.Report(err)
		}
	}()
	for n := 0; n < drainSlice && s.queue.len() > 0; n++ {
		job = s.queue.pop()
		s.stats.Jobs++
		job.Run()
		job = nil
		if done != nil && done() {
			return
		}
	}
}

// endTick runs the hooks that are registered by now. Where a hook drives the loop itself, the tick ends of that loop take
// over what is left of them.
func (s *Scheduler) endTick() {
	if s.hooks.len() == 0 {
		if s.stats.Jobs != s.counted { // else the loop was woken for nothing, which is no tick
			s.counted = s.stats.Jobs
			s.stats.Ticks++
		}
		return
	}
	s.counted = s.stats.Jobs
	s.stats.Ticks++
	s.stats.Rounds++
	s.origin = nil
	for end := s.hooks.tail; s.hooks.len() > 0 && int(end-s.hooks.head) > 0; {
		s.runHook(s.hooks.pop())
	}
}

func (s *Scheduler) runHook(hook Job) {
	returned := false
	defer func() {
		if returned {
			return
		}
		s.current = nil
		if r := recover(); r != nil {
			s.Report(NewPanicError(r))
		}
	}()
	hook.Run()
	returned = true
}
