using Microsoft.Extensions.Logging;
using Toe.Telemetry;

namespace Toe.Policy;

/// <summary>The operator's word: the environment variable when the process started, and the file as it is now.</summary>
/// <remarks>No file: the operator says nothing. A file that is malformed or cannot be read: one error is logged, what was read before stays
/// in force,
/// and where nothing was read before everything is forbidden (<c>Operator.PolicyUnreadable</c>).</remarks>
internal sealed class OperatorPolicy : IOperatorPolicy, IDisposable
{
    /// <summary>Time between two looks at the file when the system sends no notification.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    private readonly string _path;
    private readonly ILogger<OperatorPolicy> _logger;
    private readonly FileWatch? _watch;
    private OperatorRules _current = OperatorRules.Silent;
    private OperatorRules? _lastGood;
    private byte[]? _content;
    private string? _error;

    /// <summary>Reads the file once, and watches it from then on.</summary>
    public OperatorPolicy(OperatorPlace place, TimeProvider time, ILogger<OperatorPolicy> logger)
    {
        _path = place.Path;
        _logger = logger;
        if (ByVariable(place.Mode) is { } forbidden)
        {
            // The variable holds for the whole process, so the file no longer matters.
            _current = forbidden;
            return;
        }

        Refresh();
        _watch = new FileWatch(_path, time, Period, Refresh);
    }

    /// <inheritdoc/>
    public event Action? Changed;

    /// <inheritdoc/>
    public string? Error => Volatile.Read(ref _error);

    /// <inheritdoc/>
    public OperatorRules Current => Volatile.Read(ref _current);

    /// <inheritdoc/>
    public void Dispose() => _watch?.Dispose();

    private OperatorRules? ByVariable(string? value)
    {
        var text = value?.Trim() ?? "";
        if (text.Length == 0 || text.Equals("prefer", StringComparison.OrdinalIgnoreCase))
            return null;
        const string By = $"operator {OperatorPlace.Variable}";
        if (text.Equals("forbid", StringComparison.OrdinalIgnoreCase))
            return new OperatorRules(PolicyRuleSet.Empty, ToeReasons.OperatorForbidden.With(By), By, IsAbsolute: true);
        _logger.OperatorModeMalformed(OperatorPlace.Variable, text);
        _error = $"{OperatorPlace.Variable} is '{text}', neither 'forbid' nor 'prefer'";
        return new OperatorRules(PolicyRuleSet.Empty, ToeReasons.OperatorForbidden.With(_error), By, IsAbsolute: true);
    }

    /// <summary>Reads the file and publishes what changed. Runs in the constructor, then only under the watch's lock.</summary>
    private void Refresh()
    {
        byte[]? content;
        try
        {
            content = SmallFile.Read(_path);
        }
        catch (IOException error)
        {
            Malformed(null, error.Message);
            return;
        }

        if (content is null)
            Gone();
        else if (_content is null || !content.AsSpan().SequenceEqual(_content))
            Read(content);
    }

    private void Read(byte[] content)
    {
        try
        {
            var rules = OperatorFile.Parse(content, _path, _lastGood?.Rules);
            _content = content;
            _error = null;
            _lastGood = rules;
            _logger.OperatorPolicyRead(_path, rules.Rules.Rules.Count);
            foreach (var rule in rules.Rules.Rules.Where(rule => rule.ShadowedBy is not null))
                _logger.RuleShadowed(rule.Source, rule.ShadowedBy!);
            Publish(rules);
        }
        catch (FormatException error)
        {
            Malformed(content, $"{_path}: {error.Message}");
        }
    }

    private void Gone()
    {
        if (ReferenceEquals(_current, OperatorRules.Silent))
            return;
        (_content, _error, _lastGood) = (null, null, null);
        _logger.OperatorPolicyGone(_path);
        Publish(OperatorRules.Silent);
    }

    private void Malformed(byte[]? content, string error)
    {
        _content = content;
        if (string.Equals(error, _error, StringComparison.Ordinal))
            return;
        _error = error;
        var consequence = _lastGood is null ? "nothing is offloaded until it is mended" : "the last good one stays in force";
        _logger.OperatorPolicyMalformed(consequence, error);
        if (_lastGood is not null)
            return;
        var by = $"operator {_path}";
        Publish(new OperatorRules(PolicyRuleSet.Empty, ToeReasons.OperatorPolicyUnreadable.With(error), by, IsAbsolute: true));
    }

    private void Publish(OperatorRules rules)
    {
        Volatile.Write(ref _current, rules);
        Changed?.Invoke();
    }
}
