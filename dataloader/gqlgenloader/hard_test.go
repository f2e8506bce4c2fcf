package gqlgenloader_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/dataloader/gqlgenloader/internal/testserver"
)

// gqlgen keeps to its worker limit within each list, so no batch has more of a list than that.
var limitRows = []row{
	{"a list", `{ users(first: 7) { friend { id } } }`, [][]int{{11, 12, 13}, {14, 15, 16}, {17}}},
	{"a list within the limit", `{ users(first: 3) { friend { friend { id } } } }`, [][]int{{11, 12, 13}, {21, 22, 23}}},
	{"nulls are no work", `{ gappy(first: 9) { friend { id } } }`, [][]int{{11, 13, 15}, {17, 19}}},
	{
		"elements of different depth", `{ nodes(first: 8) { ... on User { friend { friend { id } } } ... on Book { author { id } } } }`,
		[][]int{{11, 15, 502}, {21, 25, 506}},
	},
	{
		"lists in lists", `{ users(first: 4) { friends(first: 4) { friend { id } } } }`,
		[][]int{{101, 102, 103, 104, 105, 106}, {111, 112, 113, 114, 115}, {107, 116}, {117}},
	},
	{
		"lists of lists", `{ matrix(size: 4) { friend { id } } }`,
		[][]int{{111, 211, 212, 311, 312, 313}}, // the first row has nobody, so the fourth begins at once
	},
	{"a batch resolver", `{ users(first: 5) { rival { id } } }`, [][]int{{2001, 2002, 2003, 2004, 2005}}},
	{
		"a list in parts", `{ users(first: 5) { friend { friend { id } } } user(id: 50) { friend { friend { friend { friend { id } } } } } }`,
		[][]int{{11, 12, 13, 50}, {21, 22, 23, 60}, {14, 15, 70}, {24, 25, 80}, {90}},
	},
}

// A count that took all elements for begun would deadlock here.
func TestWorkerLimit(t *testing.T) { ask(t, testserver.Limited, limitRows, limitOf(testserver.Limit)) }

type deferRow struct {
	row
	responses int
}

var deferRows = []deferRow{
	{row{
		"beside what is not deferred", `{ user(id: 1) { id ... @defer { friend { id } } boss { boss { id } } } }`,
		[][]int{{1}, {1001}, {2001}, {11}}, // gqlgen begins what is deferred when the rest of the object is complete
	}, 2},
	{row{
		"nothing else", `{ user(id: 1) { ... @defer { friend { friend { id } } } } other: user(id: 2) { friend { friend { id } } } }`,
		[][]int{{1, 2}, {11, 12}, {21, 22}},
	}, 2},
	{row{
		"inline fields are not deferred", `{ user(id: 2) { ... @defer { name card { owner { id } other { id } } friend { id } } } }`,
		[][]int{{2}, {3}, {12}},
	}, 2},
	{row{
		"in a list, with labels", `{ users(first: 3) { id ... @defer(label: "a") { friend { id } } ... @defer(label: "b") { boss { id } rival { id } } } }`,
		[][]int{{11, 12, 13, 1001, 1002, 1003, 2001, 2002, 2003}},
	}, 7},
	{row{
		"in one another", `{ user(id: 1) { ... @defer { friend { ... @defer { friend { id } } boss { id } } } } }`,
		[][]int{{1}, {11}, {1011}, {21}},
	}, 3},
	{row{
		"under an interface", `{ nodes(first: 3) { ... on User { ... @defer { friend { id } } } ... on Book { author { id friend { id } } } } }`,
		[][]int{{11, 502}, {512}},
	}, 2},
	{row{
		"under a null", `{ user(id: 1) { strict { id } ... @defer { friend { id } } } other: user(id: 5) { friend { friend { id } } } }`,
		[][]int{{1, 5}, {-1, 15}, {25}},
	}, 1},
	{row{
		"beside a null that is allowed", `{ user(id: 1) { failing { id } ... @defer { friend { friend { id } } } } other: user(id: 5) { friend { friend { id } } } }`,
		[][]int{{1, 5}, {11, 15}, {21, 25}},
	}, 2},
	{row{
		"in a list that became null", `{ users(first: 2) { friends(first: 2) { strict { id } ... @defer { friend { id } } } ... @defer { boss { id } } } user(id: 5) { friend { friend { friend { id } } } } }`,
		[][]int{{5, 101, 102, 103}, {-103, -102, -101, 15}, {25}, {35}},
	}, 1},
	{row{"not deferred after all", `{ user(id: 1) { ... @defer(if: false) { friend { id } } boss { id } } }`, [][]int{{1}, {11, 1001}}}, 1},
}

func TestDefer(t *testing.T) {
	for _, row := range deferRows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			es := testserver.Unlimited()
			for range runs {
				row.check(t, run(t, es, row.query), row.responses)
			}
		})
	}
}

// What can't be known must end all the same, and say that it was forced.
func TestUncertainCountsMakeProgress(t *testing.T) {
	for _, row := range []struct{ name, query, data string }{
		{
			// gqlgen does not call the resolver of a field whose arguments it can't read
			"an argument that can't be read", `{ users(first: 2) { even(n: 3) { id } friend { friend { id } } } }`,
			`{"users":[{"even":null,"friend":{"friend":{"id":21}}},{"even":null,"friend":{"friend":{"id":22}}}]}`,
		},
		{
			"the same in the root", `{ even(n: 3) { id } user(id: 1) { friend { id } } }`,
			`{"even":null,"user":{"friend":{"id":11}}}`,
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			o := run(t, testserver.Unlimited(), row.query, patience(5*time.Millisecond))
			require.JSONEq(t, row.data, o.data())
			require.NotZero(t, o.forced)
		})
	}
}

// A worker limit that nobody told of.
func TestForgottenWorkerLimitMakesProgress(t *testing.T) {
	o := run(t, testserver.Limited(), `{ users(first: 10) { id friend { id } } }`, patience(5*time.Millisecond))
	require.NotZero(t, o.forced)
	require.Len(t, o.batches, 4)
}

// Only gqlgen.yml knows that a method with a ctx computes the field head, so it is taken for one that is computed inline. What
// comes beneath it must be counted all the same.
func TestAMethodThatNobodyKnows(t *testing.T) {
	for range runs {
		o := run(t, testserver.Unlimited(), `{ user(id: 1) { head { id } more: head { id } other: head { friends(first: 5) { friend { friend { id } } } } } }`)
		require.Equal(t, [][]int{{1111, 1112, 1113, 1114, 1115}, {1121, 1122, 1123, 1124, 1125}}, o.batches[len(o.batches)-2:])
		require.Zero(t, o.forced)
	}
}

// The object Clip is a Stylus in Go, and no resolver says so. Once that was seen, it is known that nothing is asked of it here.
func TestTypesAreLearned(t *testing.T) {
	s := newServer(testserver.Unlimited(), patience(100*time.Millisecond))
	query := `{ odds(first: 3) { ... on User { friend { id } } } }`
	o := s.run(t, query)
	require.NotZero(t, o.forced)
	require.Equal(t, [][]int{{11, 13}}, o.batches)
	require.Zero(t, s.run(t, `{ odds(first: 3) { ... on User { id } ... on Clip { id } } }`).forced)
	for range runs {
		o = s.run(t, query)
		require.Zero(t, o.forced)
		require.Equal(t, [][]int{{11, 13}}, o.batches)
	}
}

// One Go type is a Book in one union and a Tome in another: what was learned of one must not be believed of the other.
func TestAGoTypeOfTwoObjects(t *testing.T) {
	s := newServer(testserver.Unlimited())
	for range runs {
		o := s.run(t, `{ found(first: 2) { ... on Book { author { id } } } user(id: 1) { friend { id } } }`)
		require.Equal(t, [][]int{{1, 501}, {11}}, o.batches)
		require.Zero(t, o.forced)
		o = s.run(t, `{ kept(first: 2) { ... on User { id } ... on Tome { writer { id } reader { id } } } user(id: 1) { friend { id } } }`)
		require.Equal(t, [][]int{{1, 501, 902}, {11}}, o.batches)
		require.Zero(t, o.forced)
		require.Zero(t, s.run(t, `{ odds(first: 2) { ... on User { id } ... on Clip { id } } }`).forced)
		o = s.run(t, `{ smalls(first: 4) { ... on User { friend { friend { id } } } ... on Pin { id } } sleepy(id: 1) { friend { id } } }`)
		require.Equal(t, [][]int{{1, 11, 13}, {21, 23}}, o.batches)
		require.Zero(t, o.forced)
	}
}
