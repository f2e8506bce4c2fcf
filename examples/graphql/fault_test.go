// What goes wrong while a statement runs: the time is up, the client leaves, the database stops. The statement is one
// that never ends by itself, and the fault is a real one.
package main

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const endlessQuery = `{ me { name posts(first: 2) { title comments { text } } } }`

// makeCommentsEndless puts a view in the place of the comments, whose first row never comes. SQLite's driver watches the
// context until the first row is there; every query that could be slow sorts, so all its work is done by then.
func makeCommentsEndless(t *testing.T, s *store) {
	endless := `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
		SELECT i AS id, 'acme' AS tenant, i AS post, 1 AS author, '' AS text FROM n WHERE i < random() % 1`
	if s.name == postgres.name {
		endless = `SELECT 1 AS id, 'acme' AS tenant, 1 AS post, 1 AS author, '' AS text FROM pg_sleep(3600) OFFSET 0`
	}
	_, err := s.db.Exec(`DROP TABLE comments`)
	require.NoError(t, err)
	_, err = s.db.Exec(`CREATE VIEW comments AS ` + endless)
	require.NoError(t, err)
}

// waitUntil polls, since a database does not tell when it begins or ends.
func waitUntil(t *testing.T, what string, yes func() bool) {
	require.Eventually(t, yes, 30*time.Second, 5*time.Millisecond, what)
}

// waitForTheEndlessOne waits for the third statement, that of the comments, to be the one that runs.
func waitForTheEndlessOne(t *testing.T, s *store, before int64) {
	waitUntil(t, "the statement runs", func() bool {
		return s.statements.Load() == before+3 && s.db.Stats().InUse == 1 && (s.name != postgres.name || sleeping(t) == 1)
	})
}

func waitForItsEnd(t *testing.T, s *store) {
	waitUntil(t, "the statement has ended, and its connection is free", func() bool {
		return s.db.Stats().InUse == 0 && (s.name != postgres.name || sleeping(t) == 0)
	})
}

// sleeping asks PostgreSQL itself how many statements run in pg_sleep.
func sleeping(t *testing.T) (n int) {
	s, err := openPostgres(postgresURL())
	require.NoError(t, err)
	defer s.Close()
	const query = `SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND wait_event = 'PgSleep'`
	require.NoError(t, s.db.QueryRow(query).Scan(&n))
	return n
}

func TestATimeoutCancelsTheStatement(t *testing.T) {
	eachDatabase(t, func(t *testing.T, s *store) {
		makeCommentsEndless(t, s)
		c := startTest(t, newTestAPI(t, s), time.Second)
		r, err := c.post(t.Context(), endlessQuery, nil)
		require.NoError(t, err)
		require.NotEmpty(t, r.Errors)
		for _, e := range r.Errors {
			require.Equal(t, "the request took longer than 1s", e.Message)
		}
		batches := r.Extensions.Batches.Batches
		require.Equal(t, "the request took longer than 1s", batches[len(batches)-1].Error)
		waitForItsEnd(t, s)

		after, err := c.ask(t.Context(), seedsQuery, nil)
		require.NoError(t, err, "the next request is answered as ever")
		require.NotNil(t, after["me"])
	})
}

func TestAClientThatGoesAwayCancelsTheStatement(t *testing.T) {
	for _, way := range []string{"loaders", "naive", "plain"} {
		t.Run(way, func(t *testing.T) {
			eachDatabase(t, func(t *testing.T, s *store) {
				makeCommentsEndless(t, s)
				a := newTestAPI(t, s)
				a.naive, a.plain = way == "naive", way == "plain"
				c := startTest(t, a, time.Hour)
				before := s.statements.Load()
				ctx, goAway := context.WithCancel(t.Context())
				gone := make(chan error)
				go func() {
					_, err := c.post(ctx, endlessQuery, nil)
					gone <- err
				}()
				waitForTheEndlessOne(t, s, before)
				goAway()
				require.ErrorIs(t, <-gone, context.Canceled)
				waitForItsEnd(t, s)
			})
		})
	}
}

// breakable is a store whose database can be stopped and started.
type breakable struct {
	*store
	stop, start func()
}

func TestADatabaseThatStopsGivesErrorsAndThenRecovers(t *testing.T) {
	test := func(t *testing.T, b breakable) {
		makeCommentsEndless(t, b.store)
		c := startTest(t, newTestAPI(t, b.store), time.Hour)
		before := b.statements.Load()
		inFlight := make(chan reply)
		go func() {
			r, err := c.post(t.Context(), endlessQuery, nil)
			r.Errors = append(r.Errors, transportError(err)...)
			inFlight <- r
		}()
		waitForTheEndlessOne(t, b.store, before)
		b.stop()

		r := <-inFlight
		require.Len(t, r.Errors, 2, "one for each post, whose comments were on the way")
		for i, e := range r.Errors {
			require.Equal(t, []any{"me", "posts", e.Path[2], "comments"}, e.Path, "error %d: %s", i, e.Message)
			require.Equal(t, errDatabase.Error(), e.Message)
		}
		require.Equal(t, "Farah Okafor 1", r.Data["me"].(map[string]any)["name"], "what had come before is in the answer")

		r, err := c.post(t.Context(), seedsQuery, nil)
		require.NoError(t, err)
		require.Equal(t, map[string]any{"me": nil}, r.Data)
		require.NotEmpty(t, r.Errors)
		require.Equal(t, errDatabase.Error(), r.Extensions.Batches.Batches[0].Error)

		b.start()
		data, err := c.ask(t.Context(), seedsQuery, nil)
		require.NoError(t, err)
		require.NotNil(t, data["me"])
	}
	t.Run("SQLite", func(t *testing.T) { test(t, breakableSQLite(t)) })
	if postgresURL() != "" {
		t.Run("PostgreSQL", func(t *testing.T) { test(t, breakablePostgres(t)) })
	}
}

func transportError(err error) []replyError {
	if err == nil {
		return nil
	}
	return []replyError{{Message: err.Error()}}
}

var errStopped = errors.New("the database was stopped")
