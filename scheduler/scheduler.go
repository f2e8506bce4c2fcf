package scheduler

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// Job is a piece of work in the queue, JavaScript's microtask. It is an interface and not a func so that an object that
// exists anyway, such as a promise's reaction, can be queued without a closure.
//
// A Job that panics does not stop the loop: see Aborter.
type Job interface{ Run() }

// Aborter is implemented by a Job that wants to know that its Run did not return: err is a *PanicError, or ErrGoexit if
// Run called runtime.Goexit. Without it the panic is reported by Run as an *UnhandledError.
type Aborter interface{ Abort(err error) }

// JobFunc makes a Job of a func.
type JobFunc func()

// Run calls f.
func (f JobFunc) Run() { f() }

// Scheduler is the event loop. Make one with New for each request, and drive it with Run.
type Scheduler struct {
	// These belong to the loop's goroutine.

	queue    ring // jobs of this tick, first in, first out
	hooks    ring // what AtTickEnd registered
	timers   timerHeap
	timerSeq uint64
	flight   list[Flight, *Flight]       // operations whose goroutine has not reported back
	nested   int                         // RunUntils on the stack that were called by callbacks
	current  *Coroutine                  // the coroutine that is running, if one is
	asleep   list[Coroutine, *Coroutine] // coroutines that wait to be resumed
	visits   list[Visit, *Visit]         // blocking calls that have begun
	watched  []Rejection                 // rejections that may turn out to be unhandled
	failed   []error                     // panics that had nobody to go to
	stats    Stats
	timed    bool      // the loop is parked with a timer for patience
	moves    int64     // guests, when the loop last saw that it had changed
	since    time.Time // when that was
	counted  uint64    // the value of stats.Jobs at the last tick end
	origin   *mark     // of the job that is running; nil if not known

	ctx   context.Context // of the outermost Run or RunUntil; nil outside them
	cause error           // why ctx ended, once the loop has noticed
	grace grace           // how long the loop may go on after that

	// These are set by New and only read.

	policy      Policy
	onUnhandled func(error)
	observers   []Observer
	patience    time.Duration // 0: endless

	// These are shared with other goroutines.

	inbox  atomic.Bool  // posted is not empty; spares the loop the lock at every turn
	parked atomic.Bool  // the loop is blocked in park: any call but Post and Hold comes from another goroutine
	lent   atomic.Int64 // operations of a Lockstep scheduler that are blocked in a Visit, and so wait for the tick end themselves
	turn   sync.Mutex   // of who takes the place of a parked loop; the loop takes it to go on
	hosted atomic.Bool  // there has been a guest or a Visit; spares the loop the others
	guests atomic.Int64 // active guests in the low half; each change counts in the high half too
	mu     sync.Mutex
	posted []Job             // guarded by mu
	spare  []Job             // the other buffer of posted; the loop's alone
	holds  list[hold, *hold] // guarded by mu
	driven bool              // guarded by mu; a goroutine is inside Run or RunUntil
	closed bool              // guarded by mu; nobody has driven the loop since Close
	wake   chan struct{}     // guarded by mu while nil; a token says "look again"

	// first is where queue, hooks and posted begin, so that a request of a few jobs needs no memory but the scheduler's own:
	// four allocations less, a tenth of the time of a request that loads one key.
	first struct {
		queue         [16]Job
		hooks         [4]Job
		posted, spare [4]Job
	}
}

// Option is a setting of New.
type Option func(*Scheduler)

// WithPolicy sets when a tick may end: Eager, the default, or Lockstep.
func WithPolicy(p Policy) Option {
	if p == nil {
		panic("scheduler: WithPolicy(nil): use scheduler.Eager or scheduler.Lockstep")
	}
	return func(s *Scheduler) { s.policy = p }
}

// New makes a scheduler. It starts no goroutine and needs no closing: Run leaves nothing behind.
func New(opts ...Option) *Scheduler {
	s := &Scheduler{policy: Eager}
	s.queue.buf, s.hooks.buf = s.first.queue[:], s.first.hooks[:]
	s.posted, s.spare = s.first.posted[:0], s.first.spare[:0]
	for _, opt := range opts {
		opt(s)
	}
	return s
}

// Enqueue adds job to the end of this tick. It may be called from the loop's goroutine only; from others use Post.
func (s *Scheduler) Enqueue(job Job) {
	if s.parked.Load() {
		panic(wrongGoroutine("Enqueue"))
	}
	if job == nil {
		panic("scheduler: Enqueue(nil): give it the job to run")
	}
	s.queue.push(job)
}

// AtTickEnd calls fn once, when the queue is empty and the policy lets the tick end. Hooks run in the order of their
// registration; one registered while they run waits for the next tick end. It may be called from the loop's goroutine
// only.
//
// A tick end at which a hook ran is counted as a round, so register a hook when there is something to dispatch, and not
// before.
func (s *Scheduler) AtTickEnd(fn func()) {
	if fn == nil {
		panic("scheduler: AtTickEnd(nil): give it the function to call when the tick ends")
	}
	s.AtTickEndRun(JobFunc(fn))
}

// AtTickEndRun is AtTickEnd for an object that exists anyway.
func (s *Scheduler) AtTickEndRun(hook Job) {
	if s.parked.Load() {
		panic(wrongGoroutine("AtTickEnd") + "; if it was a Load, use dataloader.Get or promise.Call there")
	}
	s.hooks.push(hook)
}

// Post runs fn on the loop in a later tick. It may be called from any goroutine, at any time: what is posted after Run
// has returned is served by the next Run. Posting alone does not keep Run waiting for it; Hold does.
func (s *Scheduler) Post(fn func()) {
	if fn == nil {
		panic("scheduler: Post(nil): give it the function to run on the loop")
	}
	s.post(JobFunc(fn))
}

func (s *Scheduler) post(job Job) {
	s.mu.Lock()
	s.postLocked(job)
	s.mu.Unlock()
}

func (s *Scheduler) postLocked(job Job) {
	s.posted = append(s.posted, job)
	s.inbox.Store(true)
	s.signal()
}

// postOpen is post, unless the scheduler is closed: then nobody would serve the job, and it reports false.
func (s *Scheduler) postOpen(job Job) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.postLocked(job)
	}
	return !s.closed
}

// signal lets a parked loop look again. The caller holds mu.
func (s *Scheduler) signal() {
	if s.wake == nil { // nobody has ever parked
		return
	}
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Hold keeps Run alive for a result that another goroutine will Post. Call release when it has been posted: from any
// goroutine, as often as you like, only the first call counts. Hold may itself be called from any goroutine, though only
// one taken before Run returns makes it wait.
//
// A hold does not keep a tick open under Lockstep, since it may last as long as the request; Go does.
func (s *Scheduler) Hold() (release func()) {
	h := &hold{s: s}
	var pcs [1]uintptr
	if runtime.Callers(2, pcs[:]) > 0 {
		h.pc = pcs[0]
	}
	s.mu.Lock()
	s.holds.add(h)
	s.mu.Unlock()
	return h.release
}

// hold is a Hold that has not been released.
type hold struct {
	s        *Scheduler
	pc       uintptr // of the caller of Hold, for Dump
	released bool    // guarded by s.mu
	link     links[hold]
}

func (h *hold) links() *links[hold] { return &h.link }

func (h *hold) release() {
	s := h.s
	s.mu.Lock()
	defer s.mu.Unlock()
	if !h.released {
		h.released = true
		s.holds.remove(h)
		s.signal()
	}
}

// Context returns the ctx of the Run or RunUntil that is in progress, and context.Background() outside them. It may be
// called from the loop's goroutine only.
func (s *Scheduler) Context() context.Context {
	if s.ctx == nil {
		return context.Background()
	}
	return s.ctx
}

// Driven reports whether some goroutine is inside Run or RunUntil. It may be called from any goroutine, and be out of
// date when it returns.
func (s *Scheduler) Driven() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.driven
}

// collect moves what was posted and which timers are due into the queue: the start of a turn.
func (s *Scheduler) collect() {
	if s.inbox.Load() {
		s.mu.Lock()
		batch := s.posted
		s.posted = s.spare[:0]
		s.inbox.Store(false)
		s.mu.Unlock()
		for _, job := range batch {
			s.queue.push(job)
		}
		clear(batch)
		s.spare = batch
	}
	if len(s.timers) > 0 {
		now := time.Now()
		for len(s.timers) > 0 && !s.timers[0].due.After(now) {
			s.queue.push(s.timers.popFirst())
		}
	}
}
