package gqlgenloader_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/dataloader/gqlgenloader"
	"github.com/batchtick/batchtick/dataloader/gqlgenloader/internal/testserver"
	"github.com/batchtick/batchtick/scheduler"
)

// outcome is what came of one operation.
type outcome struct {
	responses []*graphql.Response
	batches   [][]int
	forced    uint64
	sessions  int // schedulers that were made
}

// data is the data of all responses, one a line.
func (o outcome) data() string {
	var lines []string
	for _, r := range o.responses {
		lines = append(lines, string(r.Data))
	}
	return strings.Join(lines, "\n")
}

// server runs operations one at a time.
type server struct {
	exec *executor.Executor
	mu   sync.Mutex
	log  *testserver.Log // guarded by mu; of the operation in progress
	last outcome         // guarded by mu; of the operation in progress
}

func newServer(es graphql.ExecutableSchema, change ...func(*gqlgenloader.Extension)) *server {
	s := &server{exec: executor.New(es)}
	ext := &gqlgenloader.Extension{
		Loaders: func(ctx context.Context, loop *scheduler.Scheduler) context.Context {
			s.mu.Lock()
			defer s.mu.Unlock()
			return s.log.Loaders(ctx, loop)
		},
		Patience: time.Second, // what is forced fails the test: this long, it is no accident
		Ended: func(_ context.Context, stats scheduler.Stats, _ error) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.last.forced += stats.Forced
			s.last.sessions++
		},
	}
	for _, f := range change {
		f(ext)
	}
	s.exec.SetRecoverFunc(func(context.Context, any) error { return context.Canceled })
	s.exec.Use(ext)
	return s
}

// run executes query as a transport does that drains the responses.
func (s *server) run(t *testing.T, query string) outcome {
	t.Helper()
	s.mu.Lock()
	s.log, s.last = new(testserver.Log), outcome{}
	log := s.log
	s.mu.Unlock()
	ctx, cancel := context.WithTimeout(graphql.StartOperationTrace(t.Context()), 3*time.Second)
	defer cancel()
	op, errs := s.exec.CreateOperationContext(ctx, &graphql.RawParams{Query: query})
	require.Empty(t, errs)
	respond, ctx := s.exec.DispatchOperation(ctx, op)
	var responses []*graphql.Response
	for {
		r := respond(ctx)
		if r == nil {
			break
		}
		r.Data = slices.Clone(r.Data) // gqlgen writes each event into the same buffer
		responses = append(responses, r)
	}
	require.NoError(t, ctx.Err(), "the query hangs: batches %v", log.Batches())
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last.responses, s.last.batches = responses, log.Batches()
	return s.last
}

func run(t *testing.T, es graphql.ExecutableSchema, query string, change ...func(*gqlgenloader.Extension)) outcome {
	t.Helper()
	return newServer(es, change...).run(t, query)
}

func limitOf(n int) func(*gqlgenloader.Extension) {
	return func(e *gqlgenloader.Extension) { e.WorkerLimit = n }
}

func patience(d time.Duration) func(*gqlgenloader.Extension) {
	return func(e *gqlgenloader.Extension) { e.Patience = d }
}
