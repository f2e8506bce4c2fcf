package scheduler

import "context"

type contextKey struct{}

// NewContext returns a copy of ctx that carries s, for code that is handed a ctx and nothing else, such as a GraphQL
// resolver. It may be called from any goroutine.
func NewContext(ctx context.Context, s *Scheduler) context.Context {
	return context.WithValue(ctx, contextKey{}, s)
}

// FromContext returns the scheduler that NewContext put into ctx; ok is false if there is none. It may be called from any
// goroutine, but the scheduler may be used on the loop's goroutine only.
func FromContext(ctx context.Context) (s *Scheduler, ok bool) {
	if ctx == nil {
		return nil, false
	}
	s, ok = ctx.Value(contextKey{}).(*Scheduler)
	return s, ok
}
