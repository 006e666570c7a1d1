// Disks that change what was written.
#include "gateways/cli/folders.hpp"
#include "projections/views/view.hpp"
#include "tests/faults/checker.hpp"
#include "tests/faults/marketplace.hpp"
#include "tests/support/damage.hpp"

TEST_SUITE("faults: storage") {
  TEST_CASE_FIXTURE(
      faults::Marketplace,
      "a fold whose files are damaged is made again from the log, and says so") {
    faults::Market market{deployment.ports(), 4, 1};
    REQUIRE(support::eventually([&] { return market.answered() > 200; }));
    const auto told = market.stop();
    check_views();
    REQUIRE(deployment.terminate().status == 0);
    deployment.start();  // moves what was logged into table files
    REQUIRE(deployment.terminate().status == 0);
    const auto folds = deployment.data() / "folds";
    int damaged = 0;
    for (const auto& fold : std::filesystem::directory_iterator{folds})
      if (!fold.is_symlink() && std::filesystem::exists(fold.path() / "CURRENT")) {
        support::damage_table(fold.path());
        ++damaged;
      }
    CHECK(damaged > 8);
    deployment.start();
    check_views();
    check_fresh_folds();
    for (const auto& wrong : faults::check(faults::read_log(deployment.data()), told))
      FAIL_CHECK(wrong);
    const auto output = deployment.output();
    CHECK_MESSAGE(output.find("is made again from the log") != std::string::npos, output);
  }

  TEST_CASE_FIXTURE(
      faults::Marketplace,
      "one byte of a view that nobody asks for is found by itself at the start, with its place") {
    faults::Market market{deployment.ports(), 2, 1};
    REQUIRE(support::eventually([&] { return market.answered() > 100; }));
    market.stop();
    check_views();
    const auto& orders = views::named("orders");
    for (int start = 0; start < 2; ++start) {  // the first moves what was logged into table files
      REQUIRE(deployment.terminate().status == 0);
      if (start > 0)
        support::damage_table(
            cli::Folders{deployment.data()}.view(orders), views::families(orders).front());
      deployment.start();
    }
    const auto says = [this](std::string_view what) {
      return [this, what] { return deployment.output().find(what) != std::string::npos; };
    };
    CHECK(support::eventually(says("the view orders is damaged in ")));
    CHECK(support::eventually(says("is made again from the log")));
    check_views();
    check_fresh_folds();
  }
}
