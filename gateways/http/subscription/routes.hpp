// Where plans, subscriptions and entitlements are found over HTTP.
#pragma once

#include "gateways/http/routes.hpp"

namespace subscription {

void routes(http::Routes& routes);

}  // namespace subscription
