// The measure command: it asks each query with and without loaders, compares the answers, and writes what they cost into
// the README, between two markers.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"time"
)

func measureCommand(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("measure", flag.ContinueOnError)
	readme := flags.String("readme", "README.md", "the `FILE` with the markers")
	dsn := flags.String("postgres", os.Getenv("BATCHTICK_POSTGRES"), "the `URL` of a PostgreSQL; by default $BATCHTICK_POSTGRES")
	runs := flags.Int("runs", 101, "how often each query is asked")
	users := flags.Int("users", defaultUsers, "how many users the graph has")
	if err := parse(flags, args, stdout); err != nil {
		return err
	}
	if *runs < 1 {
		return badFlags{errors.New("want 1 run at least")}
	}
	if *dsn == "" {
		return badFlags{errors.New("the table has both databases: give -postgres (see postgres.sh)")}
	}
	sqlite, err := open(ctx, "", *users, progressOn(stderr))
	if err != nil {
		return err
	}
	defer sqlite.Close()
	postgres, err := open(ctx, *dsn, *users, progressOn(stderr))
	if err != nil {
		return err
	}
	defer postgres.Close()

	var columns [2][]measurement
	var versions [2]string
	for i, s := range []*store{sqlite, postgres} {
		if columns[i], versions[i], err = measureOn(ctx, s, *runs); err != nil {
			return err
		}
	}
	table, err := render(columns[0], columns[1])
	if err != nil {
		return err
	}
	table += fmt.Sprintf("\nMedians of %d runs over HTTP, with server and database on one machine of %d processors; %d users; %s, %s, %s.\n",
		*runs, runtime.NumCPU(), *users, runtime.Version(), versions[0], versions[1])
	orders, err := measureOrders(ctx, sqlite, *runs) // last, since it writes
	if err != nil {
		return err
	}
	fmt.Fprint(stdout, table, "\n", orders)
	return errors.Join(replaceTable(*readme, "measured", table), replaceTable(*readme, "orders", orders))
}

// measurement is one query on one database, naive and with loaders.
type measurement struct {
	name       string
	rounds     uint64
	statements [2]int
	median     [2]time.Duration
}

func measureOn(ctx context.Context, s *store, runs int) (column []measurement, version string, err error) {
	query := `SELECT 'SQLite ' || sqlite_version()`
	if s.name == postgres.name {
		query = `SELECT 'PostgreSQL ' || split_part(current_setting('server_version'), ' ', 1)`
	}
	if err := s.db.QueryRowContext(ctx, query).Scan(&version); err != nil {
		return nil, "", err
	}
	column = make([]measurement, len(measured))
	data := make([][2]map[string]any, len(measured))
	for way := range 2 {
		a, err := newAPI(s)
		if err != nil {
			return nil, "", err
		}
		a.naive = way == 0
		err = serving(a, func(c client) error {
			for i, m := range measured {
				column[i].name = m.name
				data[i][way], err = column[i].take(ctx, c, way, m.query, runs)
				if err != nil {
					return fmt.Errorf("%s: %w", m.name, err)
				}
			}
			return nil
		})
		if err != nil {
			return nil, "", err
		}
	}
	for i, d := range data {
		if !reflect.DeepEqual(d[0], d[1]) {
			return nil, "", fmt.Errorf("%s: with loaders the answer is another", measured[i].name)
		}
	}
	return column, version, nil
}

// take asks one query so many times, and once before that to warm up.
func (m *measurement) take(
	ctx context.Context, c client, way int, query string, runs int,
) (data map[string]any, err error) {
	times := make([]time.Duration, 0, runs)
	for run := range runs + 1 {
		began := time.Now()
		r, err := c.post(ctx, query, nil)
		took := time.Since(began)
		if err != nil {
			return nil, err
		}
		if len(r.Errors) > 0 {
			return nil, errors.New(r.Errors[0].Message)
		}
		if run > 0 {
			times = append(times, took)
		}
		cost := r.Extensions.Batches
		m.statements[way], data = cost.Statements, r.Data
		m.rounds = max(m.rounds, cost.Rounds)
	}
	slices.Sort(times)
	m.median[way] = times[len(times)/2]
	return data, nil
}

// render makes the table. The statements are the same on both databases, or something is wrong.
func render(sqlite, postgres []measurement) (string, error) {
	var out strings.Builder
	out.WriteString("| Query | Statements, naive | with loaders | rounds | SQLite, naive | with loaders | PostgreSQL, naive | with loaders |\n")
	out.WriteString("|---|--:|--:|--:|--:|--:|--:|--:|\n")
	for i, s := range sqlite {
		p := postgres[i]
		if s.statements != p.statements || s.rounds != p.rounds {
			return "", fmt.Errorf("%s: %v statements on SQLite, %v on PostgreSQL", s.name, s.statements, p.statements)
		}
		fmt.Fprintf(&out, "| %s | %d | %d | %d | %s | %s | %s | %s |\n", s.name, s.statements[0], s.statements[1], s.rounds,
			millis(s.median[0]), millis(s.median[1]), millis(p.median[0]), millis(p.median[1]))
	}
	return out.String(), nil
}

func millis(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }

// replaceTable puts the table between the markers of that name.
func replaceTable(file, name, table string) error {
	old, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	begin, end := []byte("<!-- "+name+" -->\n"), []byte("<!-- /"+name+" -->\n")
	before, rest, begins := bytes.Cut(old, begin)
	_, after, ends := bytes.Cut(rest, end)
	if !begins || !ends {
		return fmt.Errorf("%s: the markers %sand %sare missing", file, begin, end)
	}
	return os.WriteFile(file, slices.Concat(before, begin, []byte("\n"+table+"\n"), end, after), 0o644)
}
