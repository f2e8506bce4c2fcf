package gqlgenloader_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/dataloader/gqlgenloader/internal/testserver"
	"github.com/batchtick/batchtick/dataloader/gqlgenloader/internal/testserver/model"
)

// eventRows are subscriptions. Each event has a scheduler, and loaders with an empty cache. So has the resolver that begins the
// stream, and the end of the stream.
var eventRows = []row{
	{
		"objects", `subscription { visits(user: 1) { id friend { friend { id } } friends(first: 2) { friend { id } } } }`,
		[][]int{
			{1},
			{11, 101, 102}, {21, 111, 112},
			{12, 102, 103}, {22, 112, 113},
			{13, 103, 104}, {23, 113, 114},
		},
	},
	{
		"an interface, and a null", `subscription { visit { id ... on User { friend { id } } ... on Book { author { friend { id } } } } }`,
		[][]int{{11}, {502}, {512}},
	},
	{
		// without the event's value a method with a ctx is taken for a field that is computed inline
		"methods with a ctx", `subscription { visits(user: 1) { boss { id } friend { id } chief { friend { id } } } }`,
		[][]int{{1}, {11, 1001}, {1011}, {12, 1002}, {1012}, {13, 1003}, {1013}},
	},
	{"of an interface", `subscription { visit { ... on User { boss { id } friend { id } card { other { id } } } } }`, [][]int{{2}, {11, 1001}}},
	{
		"lists", `subscription { crowds { id friend { friend { id } } boss { id } } }`,
		[][]int{
			{11, 12, 13, 1001, 1002, 1003}, {21, 22, 23},
			{15, 1005}, {25},
			{16, 17, 18, 19, 1006, 1007, 1008, 1009}, {26, 27, 28, 29},
		},
	},
	{"lists of lists, with nulls", `subscription { rows { friend { friend { id } } } }`, [][]int{{11, 12, 13}, {21, 22, 23}, {14}, {24}}},
	{
		"interfaces in lists", `subscription { seen { id ... on User { friend { friend { id } } } ... on Book { author { id } } } }`,
		[][]int{{11, 15, 502}, {21, 25}},
	},
	{
		"unions in lists of lists", `subscription { tidings { ... on User { friend { id } } ... on Tome { writer { friend { id } } reader { id } } } }`,
		[][]int{{11, 13, 30, 902}, {40}},
	},
	{"a batch resolver for each list", `subscription { crowds { rival { rival { id } } } }`, [][]int{
		{2001, 2002, 2003}, {4001, 4002, 4003}, {2005}, {4005}, {2006, 2007, 2008, 2009}, {4006, 4007, 4008, 4009},
	}},
}

// events is how many each stream of the test server has.
var events = map[string]int{"visits": 3, "visit": 4, "crowds": 5, "rows": 3, "seen": 3, "tidings": 1, "calls": 3, "rounds": 3}

func checkEvents(t *testing.T, r row, o outcome) {
	t.Helper()
	stream := strings.FieldsFunc(r.query, func(c rune) bool { return !unicode.IsLetter(c) })[1]
	require.Equal(t, r.batches, o.batches, "%s: %s", r.name, o.data())
	require.Len(t, o.responses, events[stream], r.name)
	require.Zero(t, o.forced, r.name)
	require.Equal(t, events[stream]+2, o.sessions, r.name) // the beginning and the end have one too
}

func TestEventsAreExact(t *testing.T) {
	for _, row := range eventRows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			es := testserver.Unlimited()
			for range runs {
				checkEvents(t, row, run(t, es, row.query))
			}
		})
	}
}

// The same streams, where the server has events that bring a ctx: gqlgen then takes each event on another way.
func TestEventsWithAContextAreExact(t *testing.T) {
	es := testserver.Limited()
	for _, row := range []row{
		{
			"objects", `subscription { calls(user: 1) { id friend { friend { id } } boss { id } } }`,
			[][]int{{1}, {11, 1001}, {21}, {12, 1002}, {22}, {13, 1003}, {23}},
		},
		{"lists", `subscription { rounds { friend { friend { id } } boss { id } } }`, [][]int{{11, 12, 1001, 1002}, {21, 22}, {13, 1003}, {23}}},
		{"no ctx", `subscription { seen { ... on User { friend { id } boss { id } } } }`, [][]int{{11, 15, 1001, 1005}}},
		{
			"a worker limit", `subscription { crowds { friend { friend { id } } } }`,
			[][]int{{11, 12, 13}, {21, 22, 23}, {15}, {25}, {16, 17, 18}, {26, 27, 28}, {19}, {29}},
		},
	} {
		for range runs {
			checkEvents(t, row, run(t, es, row.query, limitOf(testserver.Limit)))
		}
	}
}

// The ctx of an event is for interceptors of responses. Resolvers do not get it, so they find the loaders of their event.
func TestTheContextOfAnEventIsForInterceptors(t *testing.T) {
	s := newServer(testserver.Limited(), limitOf(testserver.Limit))
	var mu sync.Mutex
	var responses, fields []int
	s.exec.AroundResponses(func(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
		mu.Lock()
		defer mu.Unlock()
		responses = append(responses, testserver.CallOf(ctx))
		return next(ctx)
	})
	s.exec.AroundFields(func(ctx context.Context, next graphql.Resolver) (any, error) {
		mu.Lock()
		fields = append(fields, testserver.CallOf(ctx))
		mu.Unlock()
		return next(ctx)
	})
	o := s.run(t, `subscription { calls(user: 1) { friend { id } } }`)
	require.Equal(t, [][]int{{1}, {11}, {12}, {13}}, o.batches)
	require.Equal(t, []int{1, 2, 0}, responses)
	require.Equal(t, make([]int, 1+3*2), fields)
	require.Zero(t, o.forced)
}

// No event is taken from the resolver before somebody asks for it.
func TestEventsAreNotReadAhead(t *testing.T) {
	s := newServer(testserver.Unlimited())
	source := make(chan []*model.User, 3)
	for range cap(source) {
		source <- []*model.User{{ID: 1}, {ID: 2}}
	}
	var left []int
	s.exec.AroundFields(func(ctx context.Context, next graphql.Resolver) (any, error) {
		if graphql.GetFieldContext(ctx).Field.Name == "crowds" {
			return (<-chan []*model.User)(source), nil
		}
		return next(ctx)
	})
	s.exec.AroundResponses(func(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
		left = append(left, len(source))
		if len(left) == 3 {
			close(source)
		}
		return next(ctx)
	})
	o := s.run(t, `subscription { crowds { friend { id } } }`)
	require.Equal(t, [][]int{{11, 12}, {11, 12}, {11, 12}}, o.batches)
	require.Equal(t, []int{2, 1, 0, 0}, left)
	require.Zero(t, o.forced)
}

// An interceptor of responses that answers in place of an event leaves it for the next response.
func TestAnEventThatWasNotTakenIsNotLost(t *testing.T) {
	s := newServer(testserver.Unlimited())
	asked := 0
	s.exec.AroundResponses(func(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
		if asked++; asked == 2 {
			return graphql.ErrorResponse(ctx, "not now")
		}
		return next(ctx)
	})
	o := s.run(t, `subscription { crowds { friend { id } } }`)
	require.Len(t, o.responses, 6)
	require.Equal(t, [][]int{{11, 12, 13}, {15}, {16, 17, 18, 19}}, o.batches)
	require.Zero(t, o.forced)
}

// An extension that was used before this one, and passes on some events only: which ones, nobody knows.
func TestEventsThatAreLeftOutMakeProgress(t *testing.T) {
	s := &server{exec: executor.New(testserver.Unlimited())}
	s.exec.AroundFields(func(ctx context.Context, next graphql.Resolver) (any, error) {
		res, err := next(ctx)
		all, ok := res.(<-chan []*model.User)
		if !ok {
			return res, err
		}
		some := make(chan []*model.User)
		go func() {
			defer close(some)
			for e := range all {
				if len(e) > 1 {
					some <- e
				}
			}
		}()
		return (<-chan []*model.User)(some), err
	})
	s.use(patience(5 * time.Millisecond))
	o := s.run(t, `subscription { crowds { friend { id } } }`)
	require.Equal(t, [][]int{{11, 12, 13}, {16, 17, 18, 19}}, o.batches)
	require.NotZero(t, o.forced)
	require.Len(t, o.responses, 2)
}

// A resolver that fails, or has no channel, leaves nothing to wait for.
func TestSubscriptionsThatDoNotBegin(t *testing.T) {
	s := newServer(testserver.Unlimited())
	o := s.run(t, `subscription { visits(user: -1) { friend { id } } }`)
	require.Equal(t, [][]int{{-1}}, o.batches)
	require.Len(t, o.responses, 1)
	require.ErrorContains(t, o.responses[0].Errors, "not found")
	require.Zero(t, o.forced)

	s.exec.AroundFields(func(context.Context, graphql.Resolver) (any, error) { return nil, nil })
	require.NotEmpty(t, s.run(t, `subscription { visits(user: 1) { friend { id } } }`).responses)
}
