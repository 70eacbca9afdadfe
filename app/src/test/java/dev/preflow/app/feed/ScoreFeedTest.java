package dev.preflow.app.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.preflow.app.Samples;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScoreFeedTest {

    private final ScoreFeed feed = new ScoreFeed(3);

    private static Scored scored(int partition, long offset) {
        return new Scored(partition, offset, Samples.score(Samples.image("p", 0), offset));
    }

    @Test
    void shouldLetASubscriberJoinOnlyWhereNothingIsMissing() {
        for (long offset = 0; offset < 5; offset++) {
            feed.add(scored(0, offset));
        }

        assertThat(feed.join(new ScoreCursor(Map.of(0, 1L)))).isEqualTo(OptionalLong.empty());
        assertThat(feed.join(new ScoreCursor(Map.of(0, 2L)))).hasValue(2);
        assertThat(feed.join(feed.head())).hasValue(2);
    }

    @Test
    void shouldTellASlowSubscriberThatItHasLostItsPlace() {
        feed.add(scored(0, 0));
        long place = feed.read(0, 1).next();
        for (long offset = 1; offset < 9; offset++) {
            feed.add(scored(0, offset));
        }

        assertThat(feed.read(place, 10).lost()).isTrue();
        assertThat(feed.read(6, 10).scores()).extracting(Scored::offset).containsExactly(6L, 7L, 8L);
    }

    @Test
    void shouldNameTheStartByAnIdThatBrowsersSendBack() {
        assertThat(ScoreCursor.start()).hasToString("0:0");
        assertThat(ScoreCursor.start().reached(ScoreCursor.parse("0:0"))).isTrue();
        assertThat(ScoreCursor.parse("0:0").before(scored(1, 0))).isTrue();
    }

    @Test
    void shouldPassOverWhatIsReadAgainAfterAReconnection() {
        feed.add(scored(1, 4));
        feed.add(scored(1, 4));

        assertThat(feed.read(0, 10).scores()).hasSize(1);
        assertThat(feed.head()).hasToString("1:5");
    }

    @Test
    void shouldGiveTheNewestThatPassAFilterOldestFirst() {
        for (long offset = 0; offset < 3; offset++) {
            feed.add(scored(0, offset));
        }

        var filter = new ScoreFilter(1.0, null, null, null);
        assertThat(feed.recent(1, filter).scores()).extracting(Scored::offset).containsExactly(2L);
        assertThat(feed.recent(9, filter).scores()).extracting(Scored::offset).containsExactly(1L, 2L);
    }

    @Test
    void shouldReadWhatACursorWrites() {
        var cursor = new ScoreCursor(Map.of(3, 17L, 0, 41L));

        assertThat(cursor).hasToString("0:41,3:17");
        assertThat(ScoreCursor.parse("0:41,3:17")).isEqualTo(cursor);
        assertThat(ScoreCursor.parse("")).isEqualTo(ScoreCursor.start());
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "0", "0:", "0:1,", "-1:2", "0:1;1:2", "0:99999999999999999999"})
    void shouldRefuseWhatIsNoCursor(String text) {
        assertThatThrownBy(() -> ScoreCursor.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
