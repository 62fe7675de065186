using System.Net.Sockets;
using CsCheck;
using Toe.Adapters;

namespace Toe.Core.Tests.Gates;

/// <summary>Whatever the order of leases, settlements, releases and readings: what is lent and used never exceeds the limit less the reserve.</summary>
public sealed class BudgetModelTests
{
    private enum Step
    {
        Take,
        TakeIPv6,
        Settle,
        Release,
        Read,
        CloseOne,
    }

    [Fact, Trait("Requirement", "TOE-PLAC-004")]
    public void Lent_NeverExceedsWhatIsThere() => Gen.Select(Gen.Int[1, 40], Gen.Double[0, 0.5], Gen.Enum<Step>().Array[0, 200]).Sample(
        (limit, share, steps) =>
        {
            var leases = new BudgetLeases();
            var open = new List<(BudgetLease Lease, int Cost)>();
            var onCard = 0L; // What the card really holds; it is only known after a reading.
            var live = new List<int>();
            AdapterStatus Status(long used) => new(
                AdapterHealth.Healthy, null, null,
                new AdapterCapabilities(OffloadModel.FullConnection, AddressModel.SharedWithHost, Facts.Queried(HostBypass.None), Facts.Queried(AdapterFeatures.None)),
                [new ToeBudget("t", used, limit, ToeReasons.ResourceConnections) { ConnectionCost = 1, ConnectionCostIPv6 = 2 }]);

            var status = Status(0);
            foreach (var step in steps)
            {
                switch (step)
                {
                    case Step.Take or Step.TakeIPv6:
                        var cost = step == Step.Take ? 1 : 2;
                        var family = step == Step.Take ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
                        if (leases.TryTake(status, family, share, out _) is { } lease)
                            open.Add((lease, cost));
                        break;
                    case Step.Settle when open.Count > 0:
                        open[^1].Lease.Settle();
                        live.Add(open[^1].Cost);
                        onCard += open[^1].Cost;
                        open.RemoveAt(open.Count - 1);
                        break;
                    case Step.Release when open.Count > 0:
                        open[0].Lease.Release();
                        open[0].Lease.Release(); // Again is nothing.
                        open.RemoveAt(0);
                        break;
                    case Step.Read:
                        leases.ReadingBegins();
                        status = Status(onCard);
                        leases.ReadingEnded();
                        break;
                    case Step.CloseOne when live.Count > 0:
                        onCard -= live[0];
                        live.RemoveAt(0);
                        break;
                    default:
                        break;
                }

                var reserve = share > 0 ? Math.Max(1, (long)(limit * share)) : 0;
                var promised = open.Sum(entry => entry.Cost);
                if (onCard + promised > Math.Max(0, limit - reserve))
                    return false;
            }

            foreach (var (lease, _) in open)
                lease.Release();
            leases.ReadingBegins();
            leases.ReadingEnded();
            return leases.Lent("t") == 0;
        });
}
