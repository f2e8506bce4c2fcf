package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/graphql-go/graphql/language/parser"
	"github.com/graphql-go/graphql/testutil"
	"github.com/stretchr/testify/require"
)

func TestLimits(t *testing.T) {
	deep := func(n int) string {
		return strings.Repeat("{ bestFriend ", n-2) + "{ name }" + strings.Repeat("}", n-2)
	}
	twice := "{ me { ...f0 } }"
	for i := range 60 {
		twice += fmt.Sprintf(" fragment f%d on User { a: bestFriend { ...f%d } b: bestFriend { ...f%d } }", i, i+1, i+1)
	}
	twice += " fragment f60 on User { name }"

	over := func(n string) string {
		return "the query may return " + n + " objects, and at most 20000 are allowed: ask for fewer with first, or nest less"
	}
	for _, row := range []struct {
		name, query string
		variables   map[string]any
		want        string // nothing if it is allowed
	}{
		{"the seed's", seedsQuery, nil, ""},
		{"the feed", feedQuery, nil, ""},
		{"16 deep", "{ me " + deep(16) + "}", nil, ""},
		{"17 deep", "{ me " + deep(17) + "}", nil, "the query is 17 fields deep, and at most 16 are allowed: nest less"},
		{"17 deep, by fragments", "{ me { ...a } } fragment a on User { bestFriend { ...b } } fragment b on User " + deep(16), nil,
			"the query is 17 fields deep, and at most 16 are allowed: nest less"},
		{"lists in lists", "{ users(first: 100) { friends(first: 100) { posts(first: 100) { title } } } }", nil, over("1010100")},
		{"just under", "{ users(first: 100) { friends(first: 99) { posts(first: 1) { title } } } }", nil, ""},
		{"by variables", "query ($n: Int) { users(first: $n) { friends(first: $n) { friends(first: $n) { name } } } }",
			map[string]any{"n": 100.0}, over("1010100")},
		{"by the variables' defaults", "query ($n: Int = 100) { users(first: $n) { friends(first: $n) { friends(first: $n) { name } } } }",
			nil, over("1010100")},
		{"by the schema's defaults", "{ users { friends { friends { friends { friends { name } } } } } }", nil, over("111110")},
		{"by names", "{ a: users(first: 100) { friends(first: 100) { name } } b: users(first: 100) { friends(first: 100) { name } } }",
			nil, over("20200")},
		{"by a fragment that is spread twice", "{ a: me { ...f } b: me { ...f } } fragment f on User { friends(first: 100) { friends(first: 100) { name } } }",
			nil, over("20202")},
		{"in another operation", "query a { me { name } } query b { users(first: 100) { friends(first: 100) { friends(first: 100) { name } } } }",
			nil, over("1010100")},
		{"exponential", twice, nil, "the query is 62 fields deep, and at most 16 are allowed: nest less"},
		{"more than can be counted", "{ users(first: 100) " + strings.Repeat("{ friends(first: 100) ", 10) + "{ name }" + strings.Repeat("}", 10) + "}",
			nil, over("more than a thousand million")},
		{"too much at once", "{ me { friends(first: 101) { name } } }", nil, "friends: first is 101, and must be from 0 to 100"},
		{"less than nothing", "{ me { friends(first: -1) { name } } }", nil, "friends: first is -1, and must be from 0 to 100"},
		{"a number without end", "{ me { friends(first: 99999999999999999999) { name } } }", nil, ""},
		{"a long text", "{ me {" + strings.Repeat(" name", 1000) + " } }", nil, "the query has more than 1000 fields: split it"},
		{"a fragment in itself", "{ me { ...f } } fragment f on User { bestFriend { ...f } }", nil, "the fragment f spreads itself"},
		{"an introspection", testutil.IntrospectionQuery, nil, ""},
		{"an introspection in circles", "{ __schema { types { " + strings.Repeat("fields { type { ", 6) + "name" + strings.Repeat("} }", 6) + " } } }",
			nil, over("671839")},
	} {
		t.Run(row.name, func(t *testing.T) {
			doc, err := parser.Parse(parser.ParseParams{Source: row.query})
			require.NoError(t, err)
			err = defaultLimits.check(doc, row.variables)
			if row.want == "" {
				require.NoError(t, err)
			} else {
				require.EqualError(t, err, row.want)
			}
		})
	}
}

// The limits come before everything that costs: nothing reaches the database, and the answer says why.
func TestAQueryOverTheLimitsIsNotExecuted(t *testing.T) {
	s := openTest(t, "")
	c := startTest(t, newTestAPI(t, s), defaultDeadline)
	before := s.statements.Load()
	r, err := c.post(t.Context(), "{ users(first: 100) { friends(first: 100) { posts(first: 100) { title } } } }", nil)
	require.NoError(t, err)
	require.Nil(t, r.Data)
	require.Contains(t, r.Errors[0].Message, "the query may return 1010100 objects")
	require.Equal(t, before, s.statements.Load())
}

// A cost is an upper bound of what comes back, whatever the query.
func TestTheCostIsAnUpperBound(t *testing.T) {
	s := openTest(t, "")
	c := startTest(t, newTestAPI(t, s), defaultDeadline)
	for _, m := range measured {
		doc, err := parser.Parse(parser.ParseParams{Source: m.query})
		require.NoError(t, err)
		data := askCounted(t, s, c, m.query).Data
		n := objects(data) - 1 // the answer itself
		require.NoError(t, limits{depth: 16, size: 1000, cost: 100 * n}.check(doc, nil), m.name)
		require.Error(t, limits{depth: 16, size: 1000, cost: n - 1}.check(doc, nil), m.name)
	}
}

func objects(v any) (n int) {
	switch v := v.(type) {
	case map[string]any:
		n = 1
		for _, member := range v {
			n += objects(member)
		}
	case []any:
		for _, member := range v {
			n += objects(member)
		}
	}
	return n
}
