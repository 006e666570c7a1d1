#include "gateways/http/router.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

#include "gateways/http/target.hpp"
#include "gateways/http/text.hpp"

using http::Router;
using Outcome = http::Router::Outcome;

namespace {

struct Built {
  Router router;
  Built() {
    router.add("GET", "/", 0);
    router.add("GET", "/products/{id}", 1);
    router.add("POST", "/products/create", 2);
    router.add("GET", "/products/{id}/page", 3);
    router.add("DELETE", "/products/{product}/parts/{part}", 4);
    router.add("PATCH", "/products/{id}", 5);
    router.add("GET", "/products/create/{id}", 6);
  }
  std::string find(std::string_view method, std::string_view path) const {
    const auto found = router.find(method, path);
    if (found.outcome == Outcome::not_found) return "not found";
    if (found.outcome == Outcome::malformed) return "malformed";
    if (found.outcome == Outcome::method_not_allowed) return "allowed: " + found.allow;
    auto text = std::to_string(found.endpoint);
    for (const auto& [name, value] : found.parameters())
      text.append(" ").append(name).append("=").append(value);
    return text;
  }
};

}  // namespace

TEST_SUITE("http: router") {
  TEST_CASE("paths find their endpoint and its parameters") {
    const Built built;
    CHECK(built.find("GET", "/") == "0");
    CHECK(built.find("GET", "/products/p-1") == "1 id=p-1");
    CHECK(built.find("PATCH", "/products/p-1") == "5 id=p-1");
    CHECK(built.find("DELETE", "/products/p/parts/q") == "4 product=p part=q");
    CHECK(built.find("HEAD", "/products/p-1") == "1 id=p-1");
  }

  TEST_CASE("a literal wins over a parameter, but gives way where it leads nowhere") {
    const Built built;
    CHECK(built.find("POST", "/products/create") == "2");
    CHECK(built.find("GET", "/products/create/x") == "6 id=x");
    CHECK(built.find("GET", "/products/create/page") == "6 id=page");
    CHECK(built.find("DELETE", "/products/create/parts/q") == "4 product=create part=q");
  }

  TEST_CASE("a segment that is not UTF-8 is malformed, escaped or not") {
    const Built built;
    CHECK(built.find("GET", "/products/\xc3\xa9") == "1 id=\xc3\xa9");
    CHECK(built.find("GET", "/products/%C3%A9") == "1 id=\xc3\xa9");
    CHECK(built.find("GET", "/products/\xc6o") == "malformed");
    CHECK(built.find("GET", "/products/%C6o") == "malformed");
  }

  TEST_CASE("a path without the method says which there are, an unknown path nothing") {
    const Built built;
    CHECK(built.find("PUT", "/products/p-1") == "allowed: GET, HEAD, PATCH");
    CHECK(built.find("GET", "/products/create") == "allowed: POST");
    CHECK(built.find("GET", "/product") == "not found");
    CHECK(built.find("GET", "/products/") == "not found");
    CHECK(built.find("GET", "/products//page") == "not found");
    CHECK(built.find("GET", "/products/a/b/c/d/e/f/g/h/i/j/k/l/m/n") == "not found");
    CHECK(built.find("GET", "") == "not found");
  }

  TEST_CASE("segments are decoded one by one, strictly") {
    const Built built;
    CHECK(built.find("GET", "/products/a%2Fb") == "1 id=a/b");
    CHECK(built.find("GET", "/%70roducts/%C3%A9/page") == "3 id=\xc3\xa9");
    CHECK(built.find("GET", "/products/a+b") == "1 id=a+b");
    for (const auto* path :
         {"/products/%",
          "/products/%4",
          "/products/%g0",
          "/products/%ff",
          "/products/%00",
          "/products/%0a"})
      CHECK(built.find("GET", path) == "malformed");
  }

  TEST_CASE("two routes may not be the same") {
    Built built;
    CHECK_THROWS_AS(built.router.add("GET", "/products/{other}", 9), std::invalid_argument);
    CHECK_THROWS_AS(built.router.add("GET", "products", 9), std::invalid_argument);
  }
}

TEST_SUITE("http: text") {
  TEST_CASE("targets are split in origin and absolute form") {
    CHECK(http::split_target("/a?b=c")->path == "/a");
    CHECK(http::split_target("/a?b=c")->query == "b=c");
    CHECK(http::split_target("http://host:80/a")->path == "/a");
    for (const auto* target : {"", "*", "a", "/a#b", "http://host", "http://host?a"}) {
      CAPTURE(target);
      CHECK_FALSE(http::split_target(target));
    }
  }

  TEST_CASE("only whole and shortest UTF-8 is UTF-8") {
    for (const auto* good :
         {"", "a", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf"})
      CHECK(http::is_utf8(good));
    for (const auto* bad :
         {"\x80",
          "\xc3",
          "\xc0\xaf",
          "\xe0\x80\xaf",
          "\xed\xa0\x80",
          "\xf4\x90\x80\x80",
          "\xff",
          "\xc3("})
      CHECK_FALSE(http::is_utf8(bad));
  }

  TEST_CASE("what is encoded decodes to itself") {
    const std::string text = "a/b c~%\xc3\xa9";
    CHECK(http::encode_segment(text) == "a%2Fb%20c~%25%C3%A9");
    CHECK(http::decode_segment(http::encode_segment(text)) == text);
  }
}
