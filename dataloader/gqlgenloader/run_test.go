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

const runs = 50

// row is a query, and what has to come of it each time that it is asked.
type row struct {
	name, query string
	batches     [][]int
}

func (r row) check(t *testing.T, o outcome, responses int) {
	t.Helper()
	require.Equal(t, r.batches, o.batches, "%s: %s", r.name, o.data())
	require.Len(t, o.responses, responses, "%s: %s", r.name, o.data())
	require.Zero(t, o.forced, r.name)
	require.Equal(t, 1, o.sessions, r.name)
}

func ask(t *testing.T, server func() graphql.ExecutableSchema, rows []row, change ...func(*gqlgenloader.Extension)) {
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			es := server()
			for range runs {
				row.check(t, run(t, es, row.query, change...), 1)
			}
		})
	}
}

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
	ext  *gqlgenloader.Extension
	mu   sync.Mutex
	log  *testserver.Log // guarded by mu; of the operation in progress
	last outcome         // guarded by mu; of the operation in progress
}

func newServer(es graphql.ExecutableSchema, change ...func(*gqlgenloader.Extension)) *server {
	s := &server{exec: executor.New(es)}
	s.use(change...)
	return s
}

// use has the server use the extension, behind what it uses already.
func (s *server) use(change ...func(*gqlgenloader.Extension)) {
	s.ext = &gqlgenloader.Extension{
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
		f(s.ext)
	}
	s.exec.SetRecoverFunc(func(context.Context, any) error { return context.Canceled })
	s.exec.Use(s.ext)
}

// run executes query as a transport does that drains the responses.
func (s *server) run(t *testing.T, query string) outcome {
	t.Helper()
	s.mu.Lock()
	s.log, s.last = new(testserver.Log), outcome{}
	log := s.log
	s.mu.Unlock()
	ctx, cancel := context.WithTimeout(graphql.StartOperationTrace(t.Context()), 2*time.Second+10*s.ext.Patience)
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
