package dev.preflow.app.gateway;

import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Set;

/**
 * Protects a gateway on the loopback interface from DNS rebinding: a page of another site whose name is made to point at this
 * machine would otherwise be taken for our own. Only requests that name this machine pass.
 */
final class HostGuard implements Handler<RoutingContext> {

    private static final Set<String> LOOPBACK_NAMES = Set.of("localhost", "127.0.0.1", "::1", "[::1]");
    private static final int MISDIRECTED_REQUEST = 421;

    private final boolean loopback;

    HostGuard(String boundHost) throws UnknownHostException {
        this.loopback = InetAddress.getByName(boundHost).isLoopbackAddress();
    }

    @Override
    public void handle(RoutingContext context) {
        var authority = context.request().authority();
        if (loopback && (authority == null || !LOOPBACK_NAMES.contains(name(authority.host())))) {
            Problem.send(context, MISDIRECTED_REQUEST, "This gateway answers to localhost only: set gateway.host");
            return;
        }
        context.next();
    }

    private static String name(String host) {
        return host.toLowerCase(Locale.ROOT);
    }
}
