namespace Toe.Conformance;

/// <summary>One requirement on one provider, from the making of the provider to its end.</summary>
internal sealed class Attempt(Requirement requirement, ConformanceFixture fixture, ConformanceOptions options)
{
    /// <summary>What is tried, for the report.</summary>
    public static async Task<ConformanceSubject> DescribeAsync(ConformanceFixture fixture, ConformanceOptions options, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            return await OwnThread.RunAsync(DescribeAsync, options.Deadline, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            return ConformanceSubject.Unknown(exception.Message);
        }

        async Task<ConformanceSubject> DescribeAsync()
        {
            var bench = await Bench.CreateAsync(fixture, options, deadline.Token);
            await using (bench)
                return ConformanceSubject.Of(bench.Provider, bench.Adapter, fixture.IsReplayed);
        }
    }

    public async Task<(Outcome Outcome, string Detail)> RunAsync(CancellationToken cancellationToken)
    {
        if (fixture.IsReplayed && !requirement.IsControlOnly)
            return (Outcome.NotExercised, "a replayed host has no data path");
        var (outcome, detail) = await JudgeAsync(cancellationToken);
        return fixture.Waivers.FirstOrDefault(waiver => waiver.Id == requirement.Id) is { } waiver ? Waive(waiver, outcome, detail) : (outcome, detail);
    }

    private async Task<(Outcome Outcome, string Detail)> JudgeAsync(CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var (isDeclared, note) = (true, "");
        try
        {
            await OwnThread.RunAsync(TryAsync, options.Deadline, cancellationToken);
            return isDeclared ? (Outcome.Pass, note) : (Outcome.UnderDeclared, $"it works, and the adapter does not declare {requirement.Needs}");
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception) when (exception is NotHereException or ConformancePeerException)
        {
            return (options.IsStrict ? Outcome.Fail : Outcome.Skipped, exception.Message);
        }
        catch (NotOfferedException exception)
        {
            return (Outcome.PassByRefusal, exception.Message);
        }
        catch (RefusedException exception) when (!isDeclared)
        {
            return exception.Reason.Class is ToeReasonClass.Capability
                ? (Outcome.PassByRefusal, exception.Reason.ToString())
                : Broken($"what is not declared is refused with {exception.Reason}, which is no reason of the class Capability");
        }
        catch (Exception exception)
        {
            return Broken(Describe(exception));
        }
        finally
        {
            await deadline.CancelAsync();
        }

        async Task<bool> TryAsync()
        {
            var bench = await Bench.CreateAsync(fixture, options, deadline.Token, requirement.HasSmallTables);
            await using (bench)
            {
                isDeclared = bench.Adapter.Status.Capabilities.Has(requirement.Needs);
                await requirement.Try(bench);
                note = bench.Note;
                return true;
            }
        }
    }

    private static string Describe(Exception exception) => exception switch
    {
        UnmetException unmet => unmet.Message,
        RefusedException refused => refused.Message,
        TimeoutException => "no answer by the deadline: the provider hangs, or what was to happen did not",
        _ => $"{exception.GetType().Name}: {exception.Message}",
    };

    private (Outcome Outcome, string Detail) Broken(string detail) => (requirement.Level == RequirementLevel.Must ? Outcome.Fail : Outcome.Warning, detail);

    private (Outcome Outcome, string Detail) Waive(Waiver waiver, Outcome outcome, string detail)
    {
        if (waiver.Expires < options.Today)
            return (outcome is Outcome.Fail or Outcome.Warning ? Outcome.Fail : outcome, $"the waiver expired on {waiver.Expires:O} ({waiver.Link}): {detail}");
        return outcome switch
        {
            Outcome.Fail or Outcome.Warning => (Outcome.Waived, $"{waiver.Reason} ({waiver.Link}, until {waiver.Expires:O}): {detail}"),
            Outcome.Skipped or Outcome.NotExercised => (outcome, detail),
            _ => (Outcome.Fail, $"waived as \"{waiver.Reason}\" ({waiver.Link}), and it works: take the waiver away"),
        };
    }
}
