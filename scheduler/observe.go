package scheduler

import "context"

// Observer is told when the loop of a scheduler is driven: by a recorder, a tracer or a logger. Packages that build on the
// scheduler look in Observers for interfaces of their own, as dataloader does for dataloader.Observer, so that one option
// switches on everything that an observer wants to see. Its methods are called on the loop's goroutine.
type Observer interface {
	// Entered is called when a goroutine begins to drive the loop, before anything runs. ctx is the one it gave.
	Entered(s *Scheduler, by Entry, ctx context.Context)

	// Left is called when it stops. err is what Run or Close is going to return, and nil for RunUntil.
	Left(s *Scheduler, by Entry, err error)
}

// Entry is the way into a loop.
type Entry uint8

// A request is usually one ByRun; or some ByUntil, by Await, and one ByClose.
const (
	ByRun    Entry = iota // Run
	ByUntil               // RunUntil or Await outside Run
	ByNested              // RunUntil or Await in a callback: the loop goes on inside the callback
	ByClose               // Close
)

// WithObserver has o told what happens. It may be given several times; the observers are then told in that order.
func WithObserver(o Observer) Option {
	if o == nil {
		panic("scheduler: WithObserver(nil): give it an observer, or leave the option out")
	}
	return func(s *Scheduler) { s.observers = append(s.observers, o) }
}

// Observers returns what WithObserver gave, for packages that build on the scheduler. It may be called from any goroutine.
func (s *Scheduler) Observers() []Observer { return s.observers }

func (s *Scheduler) entered(by Entry, ctx context.Context) {
	for _, o := range s.observers {
		o.Entered(s, by, ctx)
	}
}

func (s *Scheduler) left(by Entry, err error) {
	for _, o := range s.observers {
		o.Left(s, by, err)
	}
}

// Origin is the room for the marks of one Originate: a field of an object that exists anyway. It is used once.
type Origin struct{ begin, end mark }

// A mark says what the jobs behind it in the queue descend from, for an observer that asks which batch led to which. One
// that runs goes to the end of the queue again, so the jobs that those enqueue are behind it too; one that had no jobs
// behind it is dropped. Jobs carry nothing for it, and without an observer there are no marks.
type mark struct {
	s    *Scheduler
	of   any
	from uint64 // stats.Jobs when it last ran
	jobs uint64 // how many jobs were behind it then
}

// Originate makes of the origin of what settle enqueues, and of what that enqueues in turn, in the same tick. Without an
// observer it only calls settle. It may be called from the loop's goroutine only.
func (s *Scheduler) Originate(o *Origin, of any, settle func()) {
	if s.observers == nil {
		settle()
		return
	}
	o.begin.s, o.begin.of, o.begin.jobs = s, of, 1
	o.end.s, o.end.jobs = s, 1
	s.queue.push(&o.begin)
	before := s.queue.ends()
	settle()
	if s.queue.ends() == before { // nothing to mark
		s.queue.unpush()
		return
	}
	s.queue.push(&o.end)
}

// Origin returns the origin of the job that is running, nil if it is not known. It may be called from the loop's goroutine
// only.
func (s *Scheduler) Origin() any {
	if s.origin == nil {
		return nil
	}
	return s.origin.of
}

// Run puts the mark in force.
func (m *mark) Run() {
	s := m.s
	s.stats.Jobs-- // it is none
	if s.origin != nil {
		s.origin.jobs = s.stats.Jobs - s.origin.from
	}
	again := m.jobs > 0
	s.origin, m.from, m.jobs = m, s.stats.Jobs, 0
	if again {
		s.queue.push(m)
	}
}

// loseOrigin makes it unknown what is enqueued from here on descends from: after a nested loop, the order of the queue does
// not tell any more.
func (s *Scheduler) loseOrigin() {
	s.origin = nil
	if s.observers != nil && s.queue.len() > 0 {
		s.queue.push(&mark{s: s, jobs: 1})
	}
}
