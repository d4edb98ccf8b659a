"""Words of Keras, PyTorch, Lightning, scikit-learn, Hugging Face, torchvision and fastai, and what stands here instead.

One table. :func:`hint` is asked by :func:`repro.spec.problem.unknown` wherever a spec has a word that is not known, at
every level: a word of the top, a key, a class, an argument, a layer, a change of an experiment.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

NEAR = 0.85
"""How alike a word must be to one of the table to be taken for it misspelt."""

KINDS: frozenset[str] = frozenset(
    {
        *("word", "key", "argument", "layer", "list of layers", "list of features", "optimizer", "scheduler", "loss"),
        *("metric", "feature", "augmentation", "estimator", "initialisation", "layer, class or model", "data set"),
    }
)
"""Kinds of unknown things for which there is a hint; names of the author's own have none."""

_LAYER = ("layer", "list of layers")
_FEATURE = ("feature", "list of features", "augmentation")
_ARGUMENT = ("argument",)

STANDS: dict[str, str] = {
    "": "write {}",
    "layer": "write {} in a list of layers",
    "feature": "write {} under features",
    "augment": "write {} under augment",
    "argument": "the argument is called {} here",
    "none": "take it out: {}",
}
"""Where the answer of an entry stands, and how that is said."""


@dataclass(frozen=True)
class ForeignName:
    """Words that mean one thing, and what a spec writes for it.

    ``stands`` is a key of :data:`STANDS`; with ``""`` ``answer`` is a word of the top with its value, as YAML.
    ``kinds`` limits the entry to some kinds of unknown things; one that names the kind is taken before one for all.
    """

    words: tuple[str, ...]
    answer: str
    stands: str = ""
    kinds: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What a message says."""
        return STANDS[self.stands].format(self.answer)


def _words(words: str, answer: str, stands: str = "", kinds: tuple[str, ...] = ()) -> ForeignName:
    return ForeignName(tuple(words.split()), answer, stands, kinds)


TABLE: tuple[ForeignName, ...] = (
    # training
    _words("early_stopping EarlyStopping early_stop patience n_iter_no_change EarlyStoppingCallback",
           "training: {stop_patience: 5}"),
    _words("epochs epoch num_epochs n_epochs max_epochs nb_epoch num_train_epochs", "training: {epochs: 10}"),
    _words("steps max_steps max_iter max_iters num_steps n_steps n_iter iterations training_steps",
           "training: {steps: 1000}"),
    _words("batch_size batch bs batchsize train_batch_size mini_batch_size per_device_train_batch_size",
           "training: {batch_size: 32}"),
    _words("shuffle shuffle_train random", "training: {order: shuffled}"),
    _words("drop_last drop_remainder", "training: {drop_last: true}"),
    _words("clip_grad_norm grad_clip clipnorm max_grad_norm gradient_clipping clip_grad gradient_clip",
           "training: {gradient_clip_val: 1.0}"),
    _words("clipvalue clip_grad_value clip_value",
           "training: {gradient_clip_val: 0.5, gradient_clip_algorithm: value}"),
    _words("gradient_accumulation_steps gradient_accumulation grad_accum accumulation_steps accumulate_grad",
           "training: {accumulate_grad_batches: 4}"),
    _words("amp use_amp fp16 bf16 float16 half mixed_precision half_precision autocast mixed_float16",
           "training: {precision: bf16-mixed}"),
    _words("monitor metric_for_best_model", "training: {watch: validation/loss, select: best_validation}"),
    _words("save_best_only restore_best_weights load_best_model_at_end ModelCheckpoint save_top_k "
           "SaveModelCallback",
           "training: {select: best_validation}"),
    _words("best best_val best_model", "training: {select: best_validation}", "", ("word",)),
    _words("val_check_interval check_val_every_n_epoch eval_steps eval_every evaluation_strategy eval_strategy "
           "validation_freq", "training: {evaluate_every: 1 epoch}"),
    _words("val_loss valid_loss eval_loss", "training: {watch: validation/loss, stop_patience: 5}"),
    _words("num_threads nthreads", "training: {threads: 2}"),
    # optimizer
    _words("lr learning_rate learning_rate_init base_lr init_lr lr_max eta eta0", "optimizer: {Adam: {lr: 1e-3}}"),
    _words("weight_decay wd", "optimizer: {AdamW: {lr: 1e-3, weight_decay: 1e-2}}"),
    _words("momentum nesterov", "optimizer: {SGD: {lr: 1e-2, momentum: 0.9, nesterov: true}}"),
    _words("optim opt optimiser solver opt_func", "optimizer: {Adam: {lr: 1e-3}}"),
    _words("AdamWeightDecay adamw_torch adamw_hf DecoupledWeightDecay",
           "optimizer: {AdamW: {lr: 1e-3, weight_decay: 1e-2}}"),
    _words("beta_1 beta_2 adam_beta1 adam_beta2 moms", "betas: [0.9, 0.999]", "argument", _ARGUMENT),
    _words("epsilon adam_epsilon", "eps", "argument", _ARGUMENT),
    # scheduler
    _words("lr_scheduler lr_schedule schedule learning_rate_schedule LearningRateScheduler lr_scheduler_type sched",
           "scheduler: {StepLR: {step_size: 10, every: epoch}}"),
    _words("reduce_lr ReduceLROnPlateau reduce_lr_on_plateau ReduceLR",
           "scheduler: {ReduceLROnPlateau: {watch: validation/loss, every: epoch}}"),
    _words("cosine CosineDecay cosine_decay cosine_schedule get_cosine_schedule_with_warmup CosineAnnealing",
           "scheduler: {CosineAnnealingLR: {T_max: 100, every: epoch}}"),
    _words("ExponentialDecay lr_decay decay_rate", "scheduler: {ExponentialLR: {gamma: 0.95, every: epoch}}"),
    _words("warmup warmup_steps warmup_ratio num_warmup_steps warmup_epochs LinearWarmup",
           "scheduler: {LinearLR: {start_factor: 0.1, total_iters: 100, every: step}}"),
    _words("one_cycle fit_one_cycle OneCycle OneCycleScheduler",
           "scheduler: {OneCycleLR: {max_lr: 1e-2, total_steps: 1000, every: step}}"),
    # loss
    _words("criterion loss_fn loss_func loss_function objective", "loss: CrossEntropyLoss"),
    _words("categorical_crossentropy sparse_categorical_crossentropy CategoricalCrossentropy cross_entropy "
           "crossentropy "
           "SparseCategoricalCrossentropy CrossEntropy CrossEntropyLossFlat softmax_cross_entropy log_loss LogLoss",
           "loss: CrossEntropyLoss"),
    _words("binary_crossentropy BinaryCrossentropy BinaryCrossEntropy bce BCE sigmoid_cross_entropy",
           "loss: BCEWithLogitsLoss"),
    _words("mse MSE mean_squared_error MeanSquaredError squared_error L2Loss", "loss: MSELoss", "", ("loss",)),
    _words("mae MAE mean_absolute_error MeanAbsoluteError absolute_error", "loss: L1Loss", "", ("loss",)),
    _words("class_weight class_weights", "loss: {CrossEntropyLoss: {weight: balanced}}"),
    _words("label_smoothing", "loss: {CrossEntropyLoss: {label_smoothing: 0.1}}"),
    _words("from_logits", "CrossEntropyLoss and BCEWithLogitsLoss take logits, so the net ends in Linear", "none"),
    # metric
    _words("metrics scoring compute_metrics eval_metric eval_metrics score", "metric: Accuracy"),
    _words("acc accuracy accuracy_score sparse_categorical_accuracy CategoricalAccuracy BinaryAccuracy top1",
           "metric: Accuracy"),
    _words("balanced_accuracy balanced_accuracy_score", "metric: {Accuracy: {average: macro}}"),
    _words("f1 F1 f1_score f1_macro macro_f1 F1ScoreMulti", "metric: {F1Score: {average: macro}}"),
    _words("auc AUC roc_auc roc_auc_score ROC_AUC RocAuc", "metric: AUROC"),
    _words("mse MSE rmse RMSE mean_squared_error root_mean_squared_error", "metric: MeanSquaredError", "", ("metric",)),
    _words("mae MAE mean_absolute_error", "metric: MeanAbsoluteError", "", ("metric",)),
    _words("val_acc val_accuracy valid_acc", "training: {watch: validation/Accuracy, stop_patience: 5}"),
    # splits and seeds
    _words("val valid dev eval val_split valid_split validation_split validation_data validation_fraction "
           "valid_pct val_size "
           "eval_split RandomSplitter", "splits: {train: 0.7, validation: 0.1, test: 0.2}"),
    _words("split train_test_split test_size train_size test_split train_split test_fraction",
           "splits: {train: 0.8, test: 0.2}"),
    _words("kfold KFold k_fold k_folds n_folds num_folds cv cross_validation n_splits StratifiedKFold cross_val_score",
           "splits: {folds: 5}"),
    _words("GroupKFold LeaveOneGroupOut GroupShuffleSplit group_kfold groups",
           "splits: {folds: leave-one-out, group: speaker}"),
    _words("seed random_seed manual_seed seed_everything random_state set_seed n_repeats num_runs n_seeds repeats",
           "seeds: [0, 1, 2]"),
    # data, labels, features
    _words("data data_dir data_path data_root root path ImageFolder DataLoader datamodule dataset_name "
           "train_dataset dataloader",
           "dataset: {folder: recordings}"),
    _words("target targets label y y_true class_names", "labels: {digit: {column: digit}}"),
    _words("num_classes n_classes num_labels n_out", "Linear: {out_features: classes}", "layer"),
    _words("input_shape input_dim input_size in_dim n_inputs", "what comes in is inferred", "none"),
    _words("transform transforms preprocessing preprocess preprocessor Compose item_tfms feature_extractor",
           "features: [Standardize]"),
    _words("augmentation augmentations data_augmentation batch_tfms aug_transforms ImageDataGenerator train_transform",
           "augment: [RandomAffine: {degrees: 10}]"),
    _words("Normalize Normalise Normalization normalize normalise normalization StandardScaler ZScore",
           "Standardize", "feature"),
    _words("MinMaxScaler Rescaling ConvertImageDtype", "Rescale: {low: 0, high: 1}", "feature"),
    _words("ToTensor PILToTensor ToImage ToDtype",
           "items are tensors already, pictures with values from 0 to 1", "none"),
    _words("RandomRotation RandomTranslation RandomPerspective Rotate RandomZoom",
           "RandomAffine: {degrees: 10}", "augment"),
    _words("SpecAugment SpecAugmentation", "FrequencyMasking: {freq_mask_param: 8}", "augment"),
    _words("MixUp mixup mix_up", "Mixup: {alpha: 0.2}", "augment"),
    _words("AddGaussianNoise GaussianNoise AddNoise", "Noise: {snr_db: [10, 30]}", "augment"),
    # layers
    _words("Dense dense FullyConnected FC fc Affine", "Linear: {out_features: 64}", "layer"),
    _words("dropout drop dropout_rate drop_rate Dropout_rate SpatialDropout1D", "Dropout: {p: 0.5}", "layer"),
    _words("MaxPooling1D MaxPool1D", "MaxPool1d: {kernel_size: 2}", "layer"),
    _words("MaxPooling2D MaxPooling maxpool", "MaxPool2d: {kernel_size: 2}", "layer"),
    _words("AveragePooling2D AveragePooling AvgPool", "AvgPool2d: {kernel_size: 2}", "layer"),
    _words("GlobalAveragePooling2D GlobalAvgPool2d GlobalMaxPooling2D GlobalAveragePooling1D GlobalPooling global_pool",
           "AdaptiveAvgPool2d: {output_size: 1}", "layer"),
    _words("BatchNormalization BatchNorm batch_norm batchnorm bn SyncBatchNorm", "BatchNorm2d", "layer"),
    _words("LayerNormalization layer_norm", "LayerNorm", "layer"),
    _words("activation Activation nonlinearity", "ReLU", "layer"),
    _words("Reshape View view reshape", "Unflatten: {dim: 1, unflattened_size: [1, 8, 8]}", "layer"),
    _words("Permute permute Transpose transpose", "Rearrange: {pattern: n c h w -> n c w h}", "layer"),
    _words("Conv2DTranspose Deconv2d Deconvolution2D", "ConvTranspose2d: {out_channels: 1, kernel_size: 2}", "layer"),
    _words("UpSampling2D UpSampling1D", "Upsample: {scale_factor: 2}", "layer"),
    _words("Bidirectional BiLSTM BiGRU", "LSTM: {hidden_size: 64, bidirectional: true}", "layer"),
    _words("return_sequences last_hidden_state", "LastStep", "layer"),
    _words("Concatenate cat concat skip_connection ResidualBlock", "Residual: {layers: [ReLU]}", "layer"),
    _words("Sequential ModuleList InputLayer Input TimeDistributed",
           "a model is a list of layers, and what comes in is inferred",
           "none", (*_LAYER, "word", "key")),
    _words("units n_units hidden_units", "out_features", "argument", _ARGUMENT),
    _words("filters num_filters n_filters out_ch", "out_channels", "argument", _ARGUMENT),
    _words("strides", "stride", "argument", _ARGUMENT),
    _words("pool_size kernel filter_size ksize", "kernel_size", "argument", _ARGUMENT),
    _words("rate prob drop_prob", "p", "argument", _ARGUMENT),
    _words("dilation_rate", "dilation", "argument", _ARGUMENT),
    _words("use_bias", "bias", "argument", _ARGUMENT),
    _words("classifier clf SVC SVM RandomForest LogisticRegression KNeighborsClassifier Pipeline make_pipeline",
           "architecture: {svm: {estimator: [StandardScaler, LinearSVC]}}"),
    _words("network net layers backbone module", "architecture: {net: [Flatten, Linear: {out_features: classes}]}"),
    # weights
    _words("freeze frozen freeze_layers requires_grad trainable freeze_backbone unfreeze",
           "weights: {all: {freeze: true}}"),
    _words("init initializer kernel_initializer weight_init glorot_uniform GlorotUniform xavier_uniform",
           "weights: {all: {weight: xavier_uniform_, bias: 0}}"),
    _words("he_normal HeNormal kaiming_normal he_init", "weights: {all: {weight: kaiming_normal_, bias: 0}}"),
    _words("kernel_regularizer regularizer l2 l2_reg regularization L2 alpha_l2", "weights: {all: {l2: 1e-4}}"),
    _words("kernel_constraint MaxNorm max_norm", "weights: {all: {max_norm: 3}}"),
    # the rest
    _words("ablations ablation variants configs sweep runs trials", "experiments: {net: {model: net}}"),
    _words("results reported_results paper_results",
           "reported: [{where: Table 1, metric: Accuracy, unit: percent, values: {net: 90}}]"),
    _words("logger wandb tensorboard report_to logging", "tracking: wandb"),
    _words("num_workers n_jobs pin_memory persistent_workers prefetch_factor workers",
           "data sit in memory, and repro run --jobs says how many runs go side by side", "none"),
    _words("device devices gpus accelerator cuda use_cuda gpu strategy num_gpus",
           "a GPU is taken where there is one; see repro run --help", "none"),
    _words("output_dir save_dir log_dir logging_dir checkpoint_dir default_root_dir",
           "all is kept below runs/ in this folder", "none"),
    _words("pretrained from_pretrained resume_from_checkpoint ckpt_path warm_start",
           "nets start anew; a stopped run goes on by itself, and weights from elsewhere need a layer of your own "
           "(FILE.py:CLASS)", "none"),
    _words("callbacks callback cbs trainer verbose", "the harness trains; training says how", "none"),
)  # fmt: skip


def hint(word: str, kind: str, *, near: bool = False) -> str | None:
    """What a spec writes for a word of another framework; None for a word that the table does not have.

    Args:
        word: as written; capitals, ``_`` and ``-`` make no difference.
        kind: of the unknown thing, as :func:`repro.spec.problem.unknown` is told.
        near: take a word for the one of the table that it is most like.

    >>> hint("Early-Stopping", "key")
    'write training: {stop_patience: 5}'
    >>> hint("units", "argument of Linear")
    'the argument is called out_features here'

    """
    kind = "argument" if kind.startswith("argument") else kind
    if kind not in KINDS:
        return None
    plain = _plain(word)
    for kinds in ((kind,), ()):
        known = _known(kinds)
        if near:
            plain = next(iter(get_close_matches(_plain(word), known, n=1, cutoff=NEAR)), "")
        if plain in known:
            return known[plain].text
    return None


@cache
def _known(kinds: tuple[str, ...]) -> dict[str, ForeignName]:
    """Entries by plain word: those for this kind of thing, or those for every kind."""
    return {
        _plain(word): entry
        for entry in TABLE
        for word in entry.words
        if set(kinds) & set(entry.kinds) or kinds == entry.kinds
    }


def _plain(word: str) -> str:
    return word.replace("_", "").replace("-", "").casefold()


def words_of(entries: Iterable[ForeignName] = TABLE) -> Iterator[tuple[str, ForeignName]]:
    """Every word of the table with its entry."""
    return ((word, entry) for entry in entries for word in entry.words)
